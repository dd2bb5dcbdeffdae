{{ config(
    indexes=[{'columns': ['race_date']}],
    meta={
        'unit': ['race_date'],
        'changes': {
            'stg_racing_api__racecard_odds': none,
            'stg_racing_api__racecards': none,
        },
    },
) }}

with

cards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where {{ is_taken_up('race_date') }}

),

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}

),

-- A race's prices are found by its id.
final as (

    select
        cards.race_date,
        odds.bookmaker_code,
        odds.bookmaker,
        bool_or(odds.decimal_odds is not null) as is_priced,
        min(odds.first_landed_at) as first_landed_at
    from cards
    inner join odds on cards.race_id = odds.race_id
    group by cards.race_date, odds.bookmaker_code, odds.bookmaker

)

select * from final
