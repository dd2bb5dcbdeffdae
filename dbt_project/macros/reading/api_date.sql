{#- Whether text starts with a day that exists, YYYY-MM-DD: a bad date is not known, and no failed
    build. Nearly every day is decided by the first, cheap pattern. -#}
{% macro starts_with_day(expression) -%}
    (
        {{ expression }} ~ '^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])'
        or {{ expression }} ~ '^[12]\d{3}-(?:(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'
        or {{ expression }} ~ '^(?:[12]\d(?:0[48]|[2468][048]|[13579][26])|1[26]00|2[048]00)-02-29'
    )
{%- endmacro %}

{#- Whether text is a day that exists and then what a pattern, `rest`, says. Most are told by one look. -#}
{% macro starts_with_day_then(expression, rest) -%}
    (
        {{ expression }} ~ '^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]){{ rest }}'
        or ({{ expression }} ~ '^\d{4}-\d\d-\d\d{{ rest }}' and {{ starts_with_day(expression) }})
    )
{%- endmacro %}

{#- A day, YYYY-MM-DD. -#}
{% macro api_date(expression) -%}
    case
        when {{ starts_with_day_then(expression, '\\s*$') }} then ({{ expression }})::date
    end
{%- endmacro %}

{#- The clock behind a day, 24 hours, seconds or not. -#}
{% macro clock() -%}
    [T ](?:[01]\d|2[0-3])(?::[0-5]\d){1,2}(?:\.\d+)?
{%- endmacro %}

{#- A moment with its own offset: 2025-10-07T20:30:00+01:00. -#}
{% macro api_moment(expression) -%}
    case
        when {{ starts_with_day_then(expression, clock() ~ '(?:Z|[-+](?:0\\d|1[0-4]):?[0-5]\\d)$') }}
            then ({{ expression }})::timestamptz
    end
{%- endmacro %}

{#- A moment without an offset, which is London's clock: 2025-10-13 14:11:07. -#}
{% macro api_london_moment(expression) -%}
    case
        when {{ starts_with_day_then(expression, clock() ~ '$') }}
            then ({{ expression }})::timestamp at time zone 'Europe/London'
    end
{%- endmacro %}
