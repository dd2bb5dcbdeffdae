{#- What the performance and combination models count over their groups: run_measures, and when the
    results behind them landed and changed. -#}
{% macro performance_measures() -%}
    max(changed_at) as changed_at,
    min(first_landed_at) as first_landed_at,
    {{ run_measures() }}
{%- endmacro %}

{#- The times of the finishers, in seconds; of two in the newest race, the last time is the faster's. -#}
{% macro finishing_times() -%}
    {%- set time = 'case when position is not null then time_seconds end' -%}
    {%- set newest_race = 'off_dt desc nulls last, ' ~ bytewise('race_id') ~ ' desc' -%}
    {%- set newest_run = 'race_date desc, ' ~ newest_race ~ ', time_seconds asc' -%}
    min({{ time }}) as best_time_seconds,
    avg({{ time }}) as avg_time_seconds,
    {{ newest(time, newest_run) }} as last_time_seconds
{%- endmacro %}
