{#- The clock of the 12-hour `off`: "2:12" is after noon, "11:30" before it. -#}
{% macro off_clock(off) -%}
    (substring({{ off }} from '^\s*((?:[01]?\d|2[0-3]):[0-5]\d)')::time
        + case when substring({{ off }} from '^\s*(0?[1-9]):') is null then interval '0' else interval '12 hours' end)
{%- endmacro %}

{#- When the race is off: `off_dt`, else the day with the 12-hour `off` on London's clock. -#}
{% macro off_moment(off_dt, off, day) -%}
    coalesce(
        {{ api_moment(off_dt) }},
        ({{ day }} + {{ off_clock(off) }}) at time zone 'Europe/London'
    )
{%- endmacro %}

{#- London's clock at a moment. -#}
{% macro london_clock(moment) -%}
    ({{ moment }} at time zone 'Europe/London')::time
{%- endmacro %}

{#- The moment at which a day begins in London. -#}
{% macro london_midnight(day) -%}
    ({{ day }}::timestamp at time zone 'Europe/London')
{%- endmacro %}
