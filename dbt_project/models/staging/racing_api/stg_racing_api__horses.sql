{{ config(
    indexes=[
        {'columns': ['horse_id'], 'unique': true},
    ],
    pre_hook="{{ take_up_payloads('horses', 'horse_id') }}",
    meta={
        'unit': ['horse_id'],
    },
) }}

with

source as (

    {{ select_payloads('horses', 'horse_id') }}

),

renamed as (

    select
        ----------  ids
        horse_id,
        {{ api_text("payload ->> 'sire_id'") }} as sire_id,
        {{ api_text("payload ->> 'dam_id'") }} as dam_id,
        {{ api_text("payload ->> 'damsire_id'") }} as damsire_id,

        ----------  strings
        {{ api_text("payload ->> 'name'") }} as horse,
        {{ api_text("payload ->> 'sire'") }} as sire,
        {{ api_text("payload ->> 'dam'") }} as dam,
        {{ api_text("payload ->> 'damsire'") }} as damsire,
        {{ api_text("payload ->> 'breeder'") }} as breeder,
        {{ api_text("payload ->> 'colour'") }} as colour,
        {{ api_text("payload ->> 'colour_code'") }} as colour_code,
        coalesce(
            {{ sex_code(api_text("payload ->> 'sex_code'")) }},
            {{ sex_code(api_text("payload ->> 'sex'")) }}
        ) as sex_code,
        plan,

        ----------  dates
        {{ api_date("payload ->> 'dob'") }} as dob,

        ----------  times
        first_landed_at,
        changed_at
    from source

)

select * from renamed
