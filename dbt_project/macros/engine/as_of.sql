{#- The day that "today" means: var as_of_date, else London's day when the run started. -#}
{% macro as_of_date() -%}
    {%- set london = run_started_at.astimezone(modules.pytz.timezone('Europe/London')) -%}
    date '{{ var("as_of_date", none) or london.strftime("%Y-%m-%d") }}'
{%- endmacro %}

{#- The moment that "now" means: var as_of_time, else when the run started. -#}
{% macro as_of_time() -%}
    timestamptz '{{ var("as_of_time", none) or run_started_at.isoformat() }}'
{%- endmacro %}

{#- Whether a day is among the n days up to as_of_date. -#}
{% macro in_last_days(day, days) -%}
    ({{ day }} > {{ as_of_date() }} - {{ days }} and {{ day }} <= {{ as_of_date() }})
{%- endmacro %}

{#- Days from a day to as_of_date, 0 for a day after it. -#}
{% macro days_since(day) -%}
    case when {{ day }} is not null then greatest({{ as_of_date() }} - {{ day }}, 0) end
{%- endmacro %}
