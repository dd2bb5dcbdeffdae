{{ config(
    indexes=[{'columns': ['entity_id', 'distance']}],
    meta={
        'unit': ['entity_type', 'entity_id', 'distance'],
        'changes': {'int_runs': {'each': distances_of_runs('changed')}},
    },
) }}

{% set key = ['entity_type', 'entity_id', 'distance', 'code', 'going'] %}

with

runs as not materialized (

    select * from {{ ref('int_runs') }}
    where distance is not null

),

{% if by_changes() %}

    changes as (

        select * from {{ changes_of('int_runs') }} as changed
        where distance is not null

    ),

    was as (

        select * from {{ this }}
        where not is_sum and {{ is_taken_up() }}

    ),

    told as (

        select
            was.entity_type,
            was.entity_id,
            was.distance,
            was.code,
            told.going,
            (told.counts ->> 'runs')::bigint as runs,
            (told.counts ->> 'wins')::bigint as wins
        from was
        cross join jsonb_each(was.going_breakdown) as told (going, counts)

    ),

    -- Runs on a going that is not known stand in no breakdown.
    added as (

        select {{ key | join(', ') }}, 0 as change, runs, wins from told

        union all

        select
            was.entity_type,
            was.entity_id,
            was.distance,
            was.code,
            null as going,
            0 as change,
            was.runs - coalesce(known.runs, 0) as runs,
            0 as wins
        from was
        left join (
            select
                entity_type,
                entity_id,
                distance,
                coalesce(code, '') as code,
                sum(runs) as runs
            from told
            group by entity_type, entity_id, distance, coalesce(code, '')
        ) as known
            on
                was.entity_type = known.entity_type
                and was.entity_id = known.entity_id
                and was.distance = known.distance
                and coalesce(was.code, '') = known.code

        union all

        select
            groups.entity_type,
            groups.entity_id,
            groups.distance,
            changes.code,
            changes.going,
            changes.change,
            1 as runs,
            changes.is_win::integer as wins
        from changes
        cross join {{ distances_of_runs('changes') }}
        where groups.entity_id is not null

    ),

    goings as (

        {{ added_up('added', key, 'runs', {'runs': none, 'wins': none}, {}) }}

    ),

{% else %}

    goings as (
        {% for kind in entity_kinds() %}
            select
                '{{ kind }}' as entity_type,
                {{ kind }}_id as entity_id,
                distance,
                code,
                going,
                count(*) as runs,
                count(*) filter (where is_win) as wins
            from runs
            where {{ kind }}_id is not null
            group by {{ kind }}_id, distance, code, going
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

{% endif %}

-- By the id first: a sort by the kind would compare each id with its like.
by_code as (

    select
        entity_type,
        entity_id,
        distance,
        code,
        count(*) over (partition by entity_id, distance, entity_type) = 1 as is_all,
        sum(runs)::bigint as runs,
        {{ going_breakdown('going', 'runs', 'wins') }} as going_breakdown
    from goings
    group by entity_id, distance, entity_type, code

),

goings_of_both_codes as (

    select
        goings.entity_type,
        goings.entity_id,
        goings.distance,
        goings.going,
        sum(goings.runs) as runs,
        sum(goings.wins) as wins
    from goings
    inner join by_code
        on
            goings.entity_type = by_code.entity_type
            and goings.entity_id = by_code.entity_id
            and goings.distance = by_code.distance
            and goings.code is not distinct from by_code.code
    where not by_code.is_all
    group by goings.entity_type, goings.entity_id, goings.distance, goings.going

),

together as (

    select
        entity_type,
        entity_id,
        distance,
        null as code,
        true as is_all,
        sum(runs)::bigint as runs,
        {{ going_breakdown('going', 'runs', 'wins') }} as going_breakdown
    from goings_of_both_codes
    group by entity_type, entity_id, distance

),

final as (

    select
        *,
        false as is_sum
    from by_code
    union all
    select
        *,
        true as is_sum
    from together

)

select * from final
