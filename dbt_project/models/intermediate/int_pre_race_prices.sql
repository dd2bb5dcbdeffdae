with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}

),

priced as (

    select
        race_id,
        horse_id,
        {{ bookmaker_type('bookmaker_code') }} as bookmaker_type,
        least(case when updated_at < off_dt then decimal_odds end, history_min) as lowest,
        greatest(case when updated_at < off_dt then decimal_odds end, history_max) as highest
    from odds

),

final as (

    select
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        min(lowest) filter (where bookmaker_type = 'fixed_odds') as lowest,
        max(highest) filter (where bookmaker_type = 'fixed_odds') as highest,
        min(lowest) filter (where bookmaker_type = 'exchange') as lowest_exchange,
        max(highest) filter (where bookmaker_type = 'exchange') as highest_exchange
    from priced
    group by race_id, horse_id

)

select * from final
