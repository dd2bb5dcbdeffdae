{{ config(
    materialized='table',
    meta={'ids_from': 'int_horses', 'ids_column': 'horse_id'},
) }}

with

horses as (

    select * from {{ ref('int_horses') }}

),

final as (

    select
        horse_id as id,
        horse as name,
        sire_id,
        dam_id,
        damsire_id,
        dob,
        {{ horse_age('dob', 'region', as_of_date()) }} as age,
        {{ sex_word('sex_code') }} as sex,
        sex_code,
        colour,
        colour_code,
        breeder,
        region,
        first_landed_at as created_at,
        changed_at as updated_at,
        has_profile,
        has_card,
        has_details
    from horses

)

select * from final
