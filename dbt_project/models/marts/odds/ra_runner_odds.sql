with

odds as (

    select * from {{ ref('int_runner_odds') }}

),

final as (

    select
        {{ row_id([
            ['race', 'race_id'], ['horse', 'horse_id'], ['bookmaker', 'bookmaker_code']
        ]) }} as id,
        race_id,
        horse_id,
        {{ row_id([['bookmaker', 'bookmaker_code']]) }} as bookmaker_id,
        race_date,
        fractional_odds,
        decimal_odds::numeric(10, 3) as decimal_odds,
        ew_places,
        ew_denom,
        updated_at,
        changed_at as captured_at
    from odds

)

select * from final
