{{ config(
    unique_key='horse_id',
    indexes=[
        {'columns': ['sire_id']},
        {'columns': ['dam_id']},
        {'columns': ['damsire_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'int_horses': none,
            'int_entities': [
                {
                    'columns': ['name'],
                    'through': 'int_horses',
                    'on': {'sire_id': 'entity_id'},
                    'where': "entity_type = 'sire'",
                },
                {
                    'columns': ['name'],
                    'through': 'int_horses',
                    'on': {'dam_id': 'entity_id'},
                    'where': "entity_type = 'dam'",
                },
                {
                    'columns': ['name'],
                    'through': 'int_horses',
                    'on': {'damsire_id': 'entity_id'},
                    'where': "entity_type = 'damsire'",
                },
            ],
        },
    },
) }}

with

horses as (

    select * from {{ ref('int_horses') }}
    where {{ is_taken_up('horse_id') }}

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
