{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
    ],
    meta={
        'unit': ['runner_id'],
        'changes': {
            'int_declarations': none,
            'int_people_before': none,
            'int_parents_before': none,
        },
    },
) }}

with

declarations as (

    select * from {{ ref('int_declarations') }}
    where {{ is_taken_up() }}

),

people as (

    select * from {{ ref('int_people_before') }}
    where {{ is_taken_up() }}

),

parents as (

    select * from {{ ref('int_parents_before') }}
    where {{ is_taken_up() }}

),

final as (

    select
        declarations.runner_id,
        declarations.race_id,
        declarations.horse_id,
        declarations.race_date,
        declarations.trainer_id,
        declarations.jockey_id,
        declarations.owner_id,
        declarations.sire_id,
        declarations.dam_id,
        declarations.damsire_id,
        declarations.course_id,
        declarations.code,
        declarations.going_group,
        declarations.distance_band,
        declarations.surface,
        declarations.age::integer as age,
        people.is_debut,
        {{ columns_of_records('people', 'parents') }},
        declarations.first_landed_at as created_at,
        declarations.changed_at as updated_at
    from declarations
    inner join people on declarations.runner_id = people.runner_id
    inner join parents on declarations.runner_id = parents.runner_id

)

select * from final
