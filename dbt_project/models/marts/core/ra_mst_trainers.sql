with

entities as (

    select * from {{ ref('int_entities') }}

),

final as (

    select
        entity_id as id,
        name,
        location,
        first_landed_at as created_at,
        changed_at as updated_at,
        has_card
    from entities
    where entity_type = 'trainer'

)

select * from final
