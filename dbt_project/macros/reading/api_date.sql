{#- Matches the days that exist, so that a bad date is null and not a failed build. -#}
{% macro calendar_day_pattern() -%}
    (?:[12]\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|[12]\d(?:0[48]|[2468][048]|[13579][26])-02-29|(?:1[26]|2[048])00-02-29)
{%- endmacro %}

{#- A day, YYYY-MM-DD. -#}
{% macro api_date(expression) -%}
    substring({{ expression }} from '^\s*({{ calendar_day_pattern() }})\s*$')::date
{%- endmacro %}

{#- A moment with its own offset: 2025-10-07T20:30:00+01:00. -#}
{% macro api_moment(expression) -%}
    substring(
        {{ expression }}
        from '^\s*({{ calendar_day_pattern() }}[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[-+](?:0\d|1[0-4]):?[0-5]\d))\s*$'
    )::timestamptz
{%- endmacro %}

{#- A moment without an offset, which is London's clock: 2025-10-13 14:11:07. -#}
{% macro api_london_moment(expression) -%}
    substring(
        {{ expression }}
        from '^\s*({{ calendar_day_pattern() }}[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)\s*$'
    )::timestamp at time zone 'Europe/London'
{%- endmacro %}
