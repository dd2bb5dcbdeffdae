{#- How each jockey, trainer or owner has done: one row per person that had a run. The last n days
    are those up to as_of_date; runs after it count in the totals only. -#}
{% macro person_performance(kind) -%}
with

runs as (

    select * from {{ ref('int_runs') }}

),

final as (

    select
        {{ kind }}_id as person_id,
        {{ run_measures() }},
        count(distinct horse_id) as horses,
        max(race_date) as last_run_on,
        max(race_date) filter (where is_win) as last_win_on,
        {%- for days in [14, 30] %}
        count(*) filter (where {{ in_last_days('race_date', days) }}) as runs_{{ days }}d,
        count(*) filter (where is_win and {{ in_last_days('race_date', days) }}) as wins_{{ days }}d,
        {%- endfor %}
        max(changed_at) as changed_at
    from runs
    where {{ kind }}_id is not null
    group by {{ kind }}_id

)

select * from final
{%- endmacro %}
