with

runs as not materialized (

    select * from {{ ref('int_runs') }}
    where distance is not null

),

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

-- By the id first: a sort by the kind would compare each id with its like.
by_code as (

    select
        entity_type,
        entity_id,
        distance,
        code,
        count(*) over (partition by entity_id, distance, entity_type) = 1 as is_all,
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
        {{ going_breakdown('going', 'runs', 'wins') }} as going_breakdown
    from goings_of_both_codes
    group by entity_type, entity_id, distance

),

final as (

    select * from by_code
    union all
    select * from together

)

select * from final
