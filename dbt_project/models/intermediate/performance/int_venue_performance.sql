with

runs as not materialized (

    select * from {{ ref('int_runs') }}
    where course_id is not null

),

coded as (

    {{ by_entity('runs', ['course_id', 'code'], performance_measures()) }}

),

final as (

    {{ by_scope('coded', ['entity_type', 'entity_id', 'course_id']) }}

)

select * from final
