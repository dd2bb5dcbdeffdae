with

performance as (

    select * from {{ ref('int_venue_performance') }}

),

final as (

    select
        {{ row_id([
            ['entity_type', 'performance.entity_type'],
            ['entity', 'performance.entity_id'],
            ['course', 'performance.course_id'],
            ['scope', 'performance.scope'],
        ]) }} as id,
        performance.entity_type,
        performance.entity_id,
        performance.course_id as venue_id,
        {{ performance_figures('performance') }}
    from performance

)

select * from final
