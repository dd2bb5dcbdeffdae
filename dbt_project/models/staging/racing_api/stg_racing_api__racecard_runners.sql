{{ config(
    indexes=[
        {'columns': ['race_id', 'horse_id'], 'unique': true},
        {'columns': ['horse_id']},
        {'columns': ['owner_key', 'owner_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecards': none,
        },
    },
) }}

with

source as (

    {{ select_payloads_of(
        'stg_racing_api__racecards', 'racecards', 'race_id', version='card_known_at'
    ) }}

),

runners as (

    select
        source.race_id,
        source.race_date,
        source.plan,
        entries.off_dt,
        source.first_landed_at,
        source.changed_at,
        entries.horse_id,
        entries.runner,
        {{ is_non_runner("entries.runner ->> 'number'", "entries.runner ->> 'jockey'") }}
            as is_non_runner
    from source
    cross join {{ runner_entries('source', 'off_time') }} as entries

),

renamed as (

    select
        ----------  ids
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        race_id,
        horse_id,
        case when not is_non_runner then {{ api_text("runner ->> 'jockey_id'") }} end as jockey_id,
        {{ api_text("runner ->> 'trainer_id'") }} as trainer_id,
        {{ api_text("runner ->> 'owner_id'") }} as owner_id,
        {{ api_text("runner ->> 'sire_id'") }} as sire_id,
        {{ api_text("runner ->> 'dam_id'") }} as dam_id,
        {{ api_text("runner ->> 'damsire_id'") }} as damsire_id,

        ----------  strings
        {{ api_text("runner ->> 'horse'") }} as horse,
        upper({{ api_text("runner ->> 'region'") }}) as region,
        case
            when not is_non_runner then {{ jockey_without_claim(api_text("runner ->> 'jockey'")) }}
        end as jockey,
        {{ api_text("runner ->> 'trainer'") }} as trainer,
        {{ api_text("runner ->> 'trainer_location'") }} as trainer_location,
        {{ api_text("runner ->> 'owner'") }} as owner,
        {{ owner_key(api_text("runner ->> 'owner'")) }} as owner_key,
        {{ api_text("runner ->> 'sire'") }} as sire,
        upper({{ api_text("runner ->> 'sire_region'") }}) as sire_region,
        {{ api_text("runner ->> 'dam'") }} as dam,
        upper({{ api_text("runner ->> 'dam_region'") }}) as dam_region,
        {{ api_text("runner ->> 'damsire'") }} as damsire,
        upper({{ api_text("runner ->> 'damsire_region'") }}) as damsire_region,
        {{ api_text("runner ->> 'breeder'") }} as breeder,
        {{ api_text("runner ->> 'colour'") }} as colour,
        coalesce(
            {{ sex_code(api_text("runner ->> 'sex_code'")) }},
            {{ sex_code(api_text("runner ->> 'sex'")) }}
        ) as sex_code,
        case when not is_non_runner then {{ stated_number(api_text("runner ->> 'number'")) }} end
            as number,
        {{ stated_number(api_text("runner ->> 'draw'")) }} as draw,
        {{ api_text("runner ->> 'headgear'") }} as headgear,
        {{ api_text("runner ->> 'headgear_run'") }} as headgear_run,
        {{ api_text("runner ->> 'wind_surgery'") }} as wind_surgery,
        {{ api_text("runner ->> 'wind_surgery_run'") }} as wind_surgery_run,
        {{ api_text("runner ->> 'form'") }} as form,
        {{ api_text("runner ->> 'last_run'") }} as last_run,
        {{ api_text("runner ->> 'trainer_rtf'") }} as trainer_rtf,
        {{ api_text("runner ->> 'comment'") }} as comment,
        {{ api_text("runner ->> 'spotlight'") }} as spotlight,
        {{ api_text("runner ->> 'silk_url'") }} as silk_url,
        case
            when jsonb_typeof(runner -> 'past_results_flags') = 'array'
                then runner -> 'past_results_flags'
        end as past_results_flags,
        plan,

        ----------  numerics
        {{ measured(api_integer("runner ->> 'age'")) }} as age,
        {{ measured(api_integer("runner ->> 'lbs'")) }} as weight_allotted_lbs,
        case
            when not is_non_runner and {{ api_text("runner ->> 'jockey'") }} is not null
                then {{ jockey_claim("runner ->> 'jockey'") }}
        end as jockey_claim_lbs,
        {{ measured(api_integer("runner ->> 'ofr'")) }} as ofr,
        {{ measured(api_integer("runner ->> 'rpr'")) }} as rpr,
        {{ measured(api_integer("runner ->> 'ts'")) }} as ts,
        {{ measured(api_integer("runner ->> 'performance_rating'")) }} as performance_rating,
        {{ measured(api_integer("runner ->> 'speed_rating'")) }} as speed_rating,

        ----------  booleans
        is_non_runner,
        {{ is_reserve_number("runner ->> 'number'") }} as is_reserve,

        ----------  dates
        {{ api_date("runner ->> 'dob'") }} as dob,

        ----------  times
        race_date,
        off_dt,
        first_landed_at,
        changed_at
    from runners

)

select * from renamed
