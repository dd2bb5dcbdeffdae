{{ config(
    indexes=[
        {'columns': ['race_id']},
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

    {{ select_payloads_of('stg_racing_api__racecards', 'racecards', 'race_id') }}

),

runners as (

    select
        source.race_id,
        source.race_date,
        source.first_landed_at,
        source.changed_at,
        entries.horse_id,
        entries.runner,
        {{ is_non_runner("entries.runner ->> 'number'", "entries.runner ->> 'jockey'") }}
            as is_non_runner
    from source
    cross join {{ runner_entries('source', 'off_time') }} as entries
    {{ computed_once() }}

),

renamed as (

    select
        ----------  ids
        runners.race_id,
        runners.horse_id,
        prices.bookmaker_code,

        ----------  strings
        prices.bookmaker,
        {{ api_text("prices.price ->> 'fractional'") }} as fractional_odds,

        ----------  numerics
        case when not runners.is_non_runner then prices.decimal_odds end as decimal_odds,
        case when not runners.is_non_runner then {{ price_history('prices.price') }} end as history,
        {{ measured(api_integer("prices.price ->> 'ew_places'")) }} as ew_places,
        {{ measured(api_integer("prices.price ->> 'ew_denom'")) }} as ew_denom,

        ----------  booleans
        prices.is_newest and not runners.is_non_runner as is_newest,

        ----------  times
        runners.race_date,
        prices.updated_at,
        runners.first_landed_at,
        runners.changed_at
    from runners
    cross join {{ price_entries('runners.runner') }} as prices

)

select * from renamed
