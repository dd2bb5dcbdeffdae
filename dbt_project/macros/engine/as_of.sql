{#- The day that "today" means: var as_of_date, else London's day when the run started. -#}
{% macro as_of_date() -%}
    {%- set london = run_started_at.astimezone(modules.pytz.timezone('Europe/London')) -%}
    date '{{ var("as_of_date", none) or london.strftime("%Y-%m-%d") }}'
{%- endmacro %}

{#- The moment that "now" means: var as_of_time, which is London's clock where it has no offset, else the
    end of as_of_date where that is given, else when the run started. -#}
{% macro as_of_time() -%}
    {%- set given = var("as_of_time", none) -%}
    {%- set day = '^[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set clock = '[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?' -%}
    {%- if given and modules.re.search(day ~ clock ~ ' ?(?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)$', given | string) -%}
    timestamptz '{{ given }}'
    {%- elif given and modules.re.search(day ~ '(?:' ~ clock ~ ')?$', given | string) -%}
    (timestamp '{{ given }}' at time zone 'Europe/London')
    {%- elif given -%}
    {%- do exceptions.raise_compiler_error(
        "as_of_time '" ~ given ~ "' is no moment: write 2025-06-30 14:30:00 for London's clock, or add an offset such as +01:00 or Z."
    ) -%}
    {%- elif var("as_of_date", none) -%}
    ((({{ as_of_date() }} + 1)::timestamp at time zone 'Europe/London') - interval '1 microsecond')
    {%- else -%}
    timestamptz '{{ run_started_at.isoformat() }}'
    {%- endif -%}
{%- endmacro %}

{#- Whether a day is among the n days up to as_of_date. -#}
{% macro in_last_days(day, days) -%}
    ({{ day }} > {{ as_of_date() }} - {{ days }} and {{ day }} <= {{ as_of_date() }})
{%- endmacro %}

{#- Days from a day to as_of_date, 0 for a day after it. -#}
{% macro days_since(day) -%}
    case when {{ day }} is not null then greatest({{ as_of_date() }} - {{ day }}, 0) end
{%- endmacro %}
