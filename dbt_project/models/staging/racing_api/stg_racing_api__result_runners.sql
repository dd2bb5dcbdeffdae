{{ config(
    indexes=[
        {'columns': ['race_id', 'horse_id'], 'unique': true},
        {'columns': ['horse_id']},
        {'columns': ['owner_key', 'owner_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__results': none,
        },
    },
) }}

with

source as (

    {{ select_payloads_of('stg_racing_api__results', 'results', 'race_id') }}

),

runners as (

    select
        source.race_id,
        source.race_date,
        entries.off_dt,
        source.first_landed_at,
        source.changed_at,
        entries.horse_id,
        entries.runner
    from source
    cross join {{ runner_entries('source', 'off') }} as entries

),

renamed as (

    select
        ----------  ids
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        race_id,
        horse_id,
        {{ api_text("runner ->> 'jockey_id'") }} as jockey_id,
        {{ api_text("runner ->> 'trainer_id'") }} as trainer_id,
        {{ api_text("runner ->> 'owner_id'") }} as owner_id,
        {{ api_text("runner ->> 'sire_id'") }} as sire_id,
        {{ api_text("runner ->> 'dam_id'") }} as dam_id,
        {{ api_text("runner ->> 'damsire_id'") }} as damsire_id,

        ----------  strings
        {{ api_text("runner ->> 'horse'") }} as horse,
        {{ api_text("runner ->> 'jockey'") }} as jockey,
        {{ api_text("runner ->> 'trainer'") }} as trainer,
        {{ api_text("runner ->> 'owner'") }} as owner,
        {{ owner_key(api_text("runner ->> 'owner'")) }} as owner_key,
        {{ api_text("runner ->> 'sire'") }} as sire,
        {{ api_text("runner ->> 'dam'") }} as dam,
        {{ api_text("runner ->> 'damsire'") }} as damsire,
        {{ api_text("runner ->> 'position'") }} as position_str,
        {{ stated_number(api_text("runner ->> 'number'")) }} as number,
        {{ stated_number(api_text("runner ->> 'draw'")) }} as draw,
        {{ api_text("runner ->> 'sex'") }} as sex,
        {{ sex_code(api_text("runner ->> 'sex'")) }} as sex_code,
        {{ api_text("runner ->> 'headgear'") }} as headgear,
        {{ api_text("runner ->> 'sp'") }} as sp,
        {{ api_text("runner ->> 'btn'") }} as btn_text,
        {{ measured_text(api_text("runner ->> 'time'")) }} as time_display,
        {{ api_text("runner ->> 'comment'") }} as comment,
        {{ api_text("runner ->> 'silk_url'") }} as silk_url,
        {{ prize_currency("runner ->> 'prize'") }} as prize_currency,

        ----------  numerics
        {{ finishing_position("runner ->> 'position'") }} as position,
        {{ price("runner ->> 'sp_dec'") }} as sp_decimal,
        {{ price("runner ->> 'bsp'") }} as bsp,
        {{ api_numeric("runner ->> 'btn'") }} as btn,
        {{ api_numeric("runner ->> 'ovr_btn'") }} as ovr_btn,
        {{ measured(api_integer("runner ->> 'age'")) }} as age,
        {{ measured(api_integer("runner ->> 'weight_lbs'")) }} as weight_lbs,
        {{ api_integer("runner ->> 'jockey_claim_lbs'") }} as jockey_claim_lbs,
        {{ race_time_seconds("runner ->> 'time'") }} as time_seconds,
        {{ measured(api_integer("runner ->> 'or'")) }} as official_rating,
        {{ measured(api_integer("runner ->> 'rpr'")) }} as rpr,
        {{ measured(api_integer("runner ->> 'tsr'")) }} as tsr,
        {{ measured(api_integer("runner ->> 'performance_rating'")) }} as performance_rating,
        {{ measured(api_integer("runner ->> 'speed_rating'")) }} as speed_rating,
        {{ prize_amount("runner ->> 'prize'") }} as prize_won,

        ----------  booleans
        {{ is_run("runner ->> 'position'") }} as is_run,

        ----------  times
        race_date,
        off_dt,
        first_landed_at,
        changed_at
    from runners

)

select * from renamed
