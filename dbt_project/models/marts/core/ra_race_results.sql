with

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

races as (

    select * from {{ ref('int_races') }}

),

regions as (

    select * from {{ ref('stg_racing_api__regions') }}

),

placed as (

    select
        *,
        count(*) over (partition by race_id, position) > 1 as is_dead_heat,
        dense_rank() over (partition by race_id order by position asc nulls last) as finish_rank
    from result_runners

),

-- The winner's margin is the next horse's: its lengths behind, the greater of two that dead-heat.
winning_margins as (

    select
        race_id,
        max(btn) as btn
    from placed
    where finish_rank = 2 and position is not null
    group by race_id

),

final as (

    select
        placed.runner_id as id,
        placed.race_id,
        placed.race_date,
        placed.horse_id,
        {{ without_country('placed.horse') }} as horse_name,
        placed.jockey as jockey_name,
        placed.trainer as trainer_name,
        placed.owner as owner_name,
        placed.position,
        placed.position_str,
        placed.number,
        placed.draw,
        placed.jockey_id,
        placed.jockey_claim_lbs,
        placed.trainer_id,
        placed.owner_id,
        placed.sire_id,
        placed.dam_id,
        placed.damsire_id,
        placed.age,
        placed.sex,
        placed.weight_lbs,
        {{ stones_and_pounds('placed.weight_lbs') }} as weight_st_lbs,
        placed.headgear,
        placed.sp,
        placed.sp_decimal::numeric(8, 2) as sp_decimal,
        placed.btn::numeric(8, 2) as btn,
        placed.ovr_btn::numeric(8, 2) as ovr_btn,
        placed.time_seconds::numeric(8, 2) as time_seconds,
        placed.time_display,
        placed.official_rating,
        placed.rpr,
        placed.tsr,
        placed.prize_won::numeric(12, 2) as prize_won,
        placed.comment,
        placed.silk_url,
        case
            when placed.position is null then null
            when placed.is_dead_heat then 'dht'
            when {{ is_win('placed.position') }} then {{ written_margin('winning_margins.btn') }}
            else {{ written_margin('placed.btn') }}
        end as margin,
        placed.first_landed_at as created_at,
        placed.prize_currency,
        placed.is_run,
        races.code
    from placed
    inner join races on placed.race_id = races.race_id
    left join winning_margins on placed.race_id = winning_margins.race_id

)

select * from final
