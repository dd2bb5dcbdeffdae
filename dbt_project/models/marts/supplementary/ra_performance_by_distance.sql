with

performance as (

    select * from {{ ref('int_distance_performance') }}

),

final as (

    select
        {{ row_id([
            ['entity_type', 'performance.entity_type'],
            ['entity', 'performance.entity_id'],
            ['furlongs', 'performance.furlongs::text'],
            ['scope', 'performance.scope'],
        ]) }} as id,
        performance.entity_type,
        performance.entity_id,
        (performance.furlongs * 220)::integer as distance_yards,
        {{ distance_label('performance.furlongs') }} as distance_display,
        performance.best_time_seconds::numeric(8, 2) as best_time_seconds,
        performance.avg_time_seconds::numeric(8, 2) as avg_time_seconds,
        performance.last_time_seconds::numeric(8, 2) as last_time_seconds,
        performance.going_breakdown,
        {{ performance_figures('performance') }}
    from performance

)

select * from final
