with

runs as not materialized (

    select * from {{ ref('int_runs') }}
    where furlongs is not null and going is not null

),

goings as (

    {{ by_entity(
        'runs',
        ['furlongs', 'code', 'going'],
        'count(*) as runs, count(*) filter (where is_win) as wins',
    ) }}

),

-- By the id first: a sort by the kind would compare each id with its like.
breakdowns as (

    select
        entity_type,
        entity_id,
        furlongs,
        code,
        jsonb_object_agg(going, jsonb_build_object('runs', runs, 'wins', wins)) as going_breakdown,
        count(*) over (partition by entity_id, furlongs, entity_type) as codes
    from goings
    group by entity_id, furlongs, entity_type, code

),

goings_under_both_codes as (

    select
        goings.entity_type,
        goings.entity_id,
        goings.furlongs,
        goings.going,
        sum(goings.runs)::bigint as runs,
        sum(goings.wins)::bigint as wins
    from goings
    inner join breakdowns
        on
            goings.entity_type = breakdowns.entity_type
            and goings.entity_id = breakdowns.entity_id
            and goings.furlongs = breakdowns.furlongs
            and goings.code is not distinct from breakdowns.code
    where breakdowns.codes > 1
    group by goings.entity_type, goings.entity_id, goings.furlongs, goings.going

),

-- Nearly every distance is run under one code only, whose breakdown is that of all runs.
final as (

    select
        entity_type,
        entity_id,
        furlongs,
        code as scope,
        going_breakdown
    from breakdowns
    where code is not null

    union all

    select
        entity_type,
        entity_id,
        furlongs,
        'all' as scope,
        going_breakdown
    from breakdowns
    where codes = 1

    union all

    select
        entity_type,
        entity_id,
        furlongs,
        'all' as scope,
        jsonb_object_agg(going, jsonb_build_object('runs', runs, 'wins', wins)) as going_breakdown
    from goings_under_both_codes
    group by entity_type, entity_id, furlongs

)

select * from final
