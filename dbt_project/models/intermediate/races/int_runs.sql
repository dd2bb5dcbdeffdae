with

result_runners as not materialized (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

races as (

    select * from {{ ref('int_races') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

owner_ids as (

    select * from {{ ref('int_owner_ids') }}
    where source = 'result'

),

rates as (

    select * from {{ ref('eur_gbp_rates') }}

),

race_years as (

    select distinct extract(year from race_date)::integer as year
    from result_runners

),

-- A year without a rate of its own has the nearest one's: euros before 1999, and the year in hand.
rate_of_year as (

    select distinct on (race_years.year)
        race_years.year,
        rates.gbp_per_eur
    from race_years
    cross join rates
    order by race_years.year asc, abs(rates.year - race_years.year) asc, rates.year asc

),

runs as (

    select
        *,
        {{ is_win('position') }} as is_win,
        {{ is_place('position') }} as is_place,
        {{ expected_wins('sp_decimal') }} as expected_wins
    from result_runners
    where is_run

),

final as (

    select
        ----------  ids
        runs.runner_id,
        runs.race_id,
        runs.horse_id,
        races.course_id,
        runs.jockey_id,
        runs.trainer_id,
        coalesce(runs.owner_id, owner_ids.owner_id) as owner_id,
        horses.sire_id,
        horses.dam_id,
        horses.damsire_id,

        ----------  groups
        races.region,
        races.type,
        races.code,
        races.class,
        races.distance,
        races.furlongs,
        races.distance_yards,
        races.going,
        races.going_group,
        races.is_all_weather,

        ----------  figures
        runs.position,
        runs.position_str,
        runs.is_win,
        runs.is_place,
        runs.sp_decimal,
        runs.bsp,
        runs.expected_wins,
        case
            when races.is_incomplete then null
            else {{ expected_fair(
                'runs.expected_wins',
                'races.expected_wins',
                'races.runs',
                'races.priced_runs',
                'races.winners',
            ) }}
        end as expected_fair,
        {{ profit_loss_1u('runs.is_win', 'runs.sp_decimal', 'races.winners') }} as profit_loss_1u,
        runs.prize_won,
        runs.prize_currency,
        {{ prize_in_gbp('runs.prize_won', 'runs.prize_currency', 'rate_of_year') }} as prize_gbp,
        {{ has_plan('races.result_plan', 'basic') }} as tells_prize,
        runs.time_seconds,

        ----------  times
        runs.race_date,
        races.off_dt,
        runs.first_landed_at,
        runs.changed_at
    from runs
    inner join races on runs.race_id = races.race_id
    inner join horses on runs.horse_id = horses.horse_id
    left join owner_ids on runs.runner_id = owner_ids.runner_id
    inner join rate_of_year on extract(year from runs.race_date)::integer = rate_of_year.year

)

select * from final
