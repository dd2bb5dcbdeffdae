with

runs as not materialized (

    select * from {{ ref('int_runs') }}

),

coded as (

    {{ by_entity_pair('runs', ['code'], performance_measures()) }}

),

final as (

    {{ by_scope('coded', ['entity1_type', 'entity1_id', 'entity2_type', 'entity2_id']) }}

)

select * from final
