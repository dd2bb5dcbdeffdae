{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecards': none,
            'stg_racing_api__racecard_runners': none,
        },
    },
) }}

with

racecards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where {{ is_taken_up('race_id') }}

),

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}
    where {{ is_taken_up('race_id') }}

),

-- "7/2 Bird Of War, 100/30 Supreme Dancer,  Mr Nippy": a horse without a price has the one
-- before it.
entries as (

    select
        racecards.race_id,
        entry.place,
        {{ forecast_price('entry.value') }} as fractional_odds,
        {{ horse_key(forecast_name('entry.value')) }} as horse_key
    from racecards
    cross join
        regexp_split_to_table(racecards.betting_forecast, ',')
        with ordinality as entry (value, place)
    where racecards.betting_forecast is not null

),

grouped as (

    select
        *,
        count(fractional_odds) over (partition by race_id order by place) as price_group
    from entries

),

priced as (

    select
        race_id,
        horse_key,
        max(fractional_odds) over (partition by race_id, price_group) as fractional_odds
    from grouped

),

final as (

    select distinct on (racecard_runners.runner_id)
        racecard_runners.runner_id,
        racecard_runners.race_id,
        priced.fractional_odds
    from priced
    inner join racecard_runners
        on
            priced.race_id = racecard_runners.race_id
            and priced.horse_key = {{ horse_key('racecard_runners.horse') }}
    where priced.fractional_odds is not null
    order by racecard_runners.runner_id, {{ bytewise('priced.fractional_odds') }}

)

select * from final
