with

performance as (

    select * from {{ ref('int_combination_performance') }}

),

final as (

    select
        {{ row_id([
            ['entity1_type', 'performance.entity1_type'],
            ['entity1', 'performance.entity1_id'],
            ['entity2_type', 'performance.entity2_type'],
            ['entity2', 'performance.entity2_id'],
            ['scope', 'performance.scope'],
        ]) }} as id,
        performance.entity1_type,
        performance.entity1_id,
        performance.entity2_type,
        performance.entity2_id,
        {{ performance_figures('performance') }}
    from performance

)

select * from final
