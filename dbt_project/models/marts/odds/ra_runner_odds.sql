{{ config(
    unique_key=['race_id', 'id'],
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
        {'columns': ['race_date']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecard_odds': none,
        },
    },
) }}

with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}
    where is_newest and {{ is_taken_up('race_id') }}

),

final as (

    select
        {{ row_id([
            ['race', 'odds.race_id'],
            ['horse', 'odds.horse_id'],
            ['bookmaker', 'odds.bookmaker_code'],
        ]) }} as id,
        odds.race_id,
        odds.horse_id,
        {{ row_id([['bookmaker', 'odds.bookmaker_code']]) }} as bookmaker_id,
        odds.race_date,
        odds.fractional_odds,
        odds.decimal_odds::numeric(10, 3) as decimal_odds,
        odds.ew_places,
        odds.ew_denom,
        odds.updated_at,
        odds.changed_at as captured_at
    from odds

)

select * from final
