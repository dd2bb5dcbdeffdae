with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}

),

-- Of two spellings of one firm, the newer price.
final as (

    select distinct on (race_id, horse_id, bookmaker_code)
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        race_id,
        horse_id,
        bookmaker_code,
        race_date,
        fractional_odds,
        decimal_odds,
        ew_places,
        ew_denom,
        updated_at,
        changed_at
    from odds
    where decimal_odds is not null
    order by
        race_id asc,
        horse_id asc,
        bookmaker_code asc,
        updated_at desc nulls last,
        {{ bytewise('bookmaker') }} asc,
        decimal_odds desc

)

select * from final
