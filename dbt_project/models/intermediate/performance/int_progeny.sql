{{ config(
    unique_key='horse_id',
    indexes=[
        {'columns': ['horse_id'], 'unique': true},
        {'columns': ['sire_id']},
        {'columns': ['dam_id']},
        {'columns': ['damsire_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'int_horses': {'columns': ['horse_id', 'sire_id', 'dam_id', 'damsire_id']},
            'int_performance': {
                'where': "entity_type = 'horse' and breakdown = 'overall' and is_all",
                'as': [['entity_id']],
            },
        },
    },
) }}

with

horses as (

    select * from {{ ref('int_horses') }}
    where {{ is_taken_up('horse_id') }}

),

records as not materialized (

    select * from {{ ref('int_performance') }}
    where
        entity_type = 'horse' and breakdown = 'overall' and is_all
        and {{ is_taken_up('entity_id') }}

),

final as (

    select
        horses.horse_id,
        horses.sire_id,
        horses.dam_id,
        horses.damsire_id,
        records.wins > 0 as is_winner
    from horses
    inner join records on horses.horse_id = records.entity_id

)

select * from final
