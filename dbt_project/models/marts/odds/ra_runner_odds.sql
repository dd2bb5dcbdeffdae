with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}
    where is_newest

),

bookmakers as (

    select * from {{ ref('int_bookmakers') }}

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
        bookmakers.bookmaker_id,
        odds.race_date,
        odds.fractional_odds,
        odds.decimal_odds::numeric(10, 3) as decimal_odds,
        odds.ew_places,
        odds.ew_denom,
        odds.updated_at,
        odds.changed_at as captured_at
    from odds
    inner join bookmakers on odds.bookmaker_code = bookmakers.bookmaker_code

)

select * from final
