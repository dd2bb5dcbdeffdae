with

horses as (

    select * from {{ ref('int_horses') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

final as (

    select
        horses.horse_id,
        horses.sire_id,
        sires.name as sire,
        horses.dam_id,
        dams.name as dam,
        horses.damsire_id,
        damsires.name as damsire,
        horses.breeder,
        horses.first_landed_at as created_at,
        horses.changed_at as updated_at,
        horses.region,
        horses.has_profile,
        horses.has_card,
        horses.has_details
    from horses
    left join entities as sires
        on horses.sire_id = sires.entity_id and sires.entity_type = 'sire'
    left join entities as dams
        on horses.dam_id = dams.entity_id and dams.entity_type = 'dam'
    left join entities as damsires
        on horses.damsire_id = damsires.entity_id and damsires.entity_type = 'damsire'
    where coalesce(horses.sire_id, horses.dam_id, horses.damsire_id) is not null

)

select * from final
