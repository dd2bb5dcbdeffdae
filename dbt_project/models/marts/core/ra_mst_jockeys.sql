with

entities as (

    select * from {{ ref('int_entities') }}

),

final as (

    select
        entity_id as id,
        name,
        first_landed_at as created_at,
        changed_at as updated_at
    from entities
    where entity_type = 'jockey'

)

select * from final
