{#- The day that "today" means: var as_of_date, else London's day when the run started. -#}
{% macro as_of_date() -%}
    {%- set london = run_started_at.astimezone(modules.pytz.timezone('Europe/London')) -%}
    date '{{ var("as_of_date", none) or london.strftime("%Y-%m-%d") }}'
{%- endmacro %}

{#- The moment that "now" means: var as_of_time, else when the run started. -#}
{% macro as_of_time() -%}
    timestamptz '{{ var("as_of_time", none) or run_started_at.isoformat() }}'
{%- endmacro %}
