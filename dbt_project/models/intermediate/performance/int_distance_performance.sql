with

runs as not materialized (

    select * from {{ ref('int_runs') }}
    where furlongs is not null

),

goings as (

    select * from {{ ref('int_distance_goings') }}

),

coded as (

    {{ by_entity(
        'runs', ['furlongs', 'code'], finishing_times() ~ ', ' ~ performance_measures()
    ) }}

),

-- Flat and hurdle times do not mix, so all runs together have none.
measured as (

    {{ by_scope(
        'coded',
        ['entity_type', 'entity_id', 'furlongs'],
        by_code_only=['best_time_seconds', 'avg_time_seconds', 'last_time_seconds'],
    ) }}

),

final as (

    select
        measured.*,
        coalesce(goings.going_breakdown, '{}'::jsonb) as going_breakdown
    from measured
    left join goings
        on
            measured.entity_id = goings.entity_id
            and measured.furlongs = goings.furlongs
            and measured.entity_type = goings.entity_type
            and measured.scope = goings.scope

)

select * from final
