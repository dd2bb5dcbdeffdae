{#- How the progeny of each sire, dam or damsire ran: one row per parent and breakdown (overall,
    class, distance) and group. `kind` is sire, dam or damsire. -#}
{% macro parent_performance(kind) -%}
with

runs as not materialized (

    select * from {{ ref('int_runs') }}

),

overall as (

    select
        {{ kind }}_id as parent_id,
        'overall' as breakdown,
        null::text as group_name,
        count(distinct horse_id) as progeny,
        count(distinct horse_id) filter (where is_win) as progeny_winners,
        max(changed_at) as changed_at,
        {{ run_measures() }}
    from runs
    where {{ kind }}_id is not null
    group by {{ kind }}_id

),

{%- for breakdown in ['class', 'distance'] %}

by_{{ breakdown }} as (

    select
        {{ kind }}_id as parent_id,
        '{{ breakdown }}' as breakdown,
        {{ breakdown }} as group_name,
        null::bigint as progeny,
        null::bigint as progeny_winners,
        max(changed_at) as changed_at,
        {{ run_measures() }}
    from runs
    where {{ kind }}_id is not null and {{ breakdown }} is not null
    group by {{ kind }}_id, {{ breakdown }}

),
{%- endfor %}

final as (

    select * from overall
    union all
    select * from by_class
    union all
    select * from by_distance

)

select * from final
{%- endmacro %}
