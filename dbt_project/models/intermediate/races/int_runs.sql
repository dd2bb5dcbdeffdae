{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
        {'columns': ['owner_id']},
        {'columns': ['race_date']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__result_runners': none,
            'int_races': {
                'columns': ['is_incomplete', 'expected_wins', 'runs', 'priced_runs', 'winners', 'result_plan', 'course_id', 'code', 'class', 'distance', 'going', 'off_dt'],
            },
            'int_horses': {
                'columns': ['sire_id', 'dam_id', 'damsire_id'],
                'through': 'stg_racing_api__result_runners',
                'on': ['horse_id'],
            },
            'int_owner_ids': none,
        },
    },
) }}

with

result_runners as not materialized (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

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
        {{ expected_wins('sp_decimal') }} as expected_wins,
        {{ expected_wins('bsp') }} as expected_bsp,
        {{ rivals_beaten('position', 'race_id') }} as rivals_beaten
    from result_runners
    where is_run

),

figured as (

    select
        runs.*,
        coalesce(runs.owner_id, owner_ids.owner_id) as known_owner_id,
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
        {{ profit_loss_bsp('runs.is_win', 'runs.bsp', 'races.winners') }} as profit_loss_bsp,
        case when not coalesce(races.is_incomplete, false) then runs.rivals_beaten end as prb,
        {{ prize_in_gbp('runs.prize_won', 'runs.prize_currency', 'rate_of_year') }} as prize_gbp,
        {{ has_plan('races.result_plan', 'basic') }} as tells_prize,
        case when runs.position is not null then {{ to_scaled('runs.time_seconds') }} end
            as finish_seconds,
        races.course_id,
        races.code,
        races.class,
        races.distance,
        races.going,
        races.off_dt as race_off_dt
    from runs
    inner join races on runs.race_id = races.race_id
    left join owner_ids on runs.runner_id = owner_ids.runner_id
    inner join rate_of_year on extract(year from runs.race_date)::integer = rate_of_year.year

),

-- What has a fixed width stands first, the widest before all: a row has no gaps then.
final as (

    select
        figured.runner_id,

        ----------  scaled figures
        {{ to_scaled('figured.expected_wins') }} as expected_wins,
        {{ to_scaled('figured.expected_fair') }} as expected_fair,
        {{ to_scaled('figured.profit_loss_1u') }} as profit_loss_1u,
        {{ to_scaled('figured.expected_bsp') }} as expected_bsp,
        {{ to_scaled('figured.profit_loss_bsp') }} as profit_loss_bsp,
        {{ to_scaled('figured.prb') }} as prb,
        {{ to_scaled('figured.prize_gbp') }} as prize_gbp,
        figured.finish_seconds,

        ----------  times
        figured.race_off_dt as off_dt,
        figured.first_landed_at,
        figured.changed_at,
        figured.race_date,

        ----------  finish
        figured.position::smallint as position,
        figured.is_win,
        figured.is_place,
        figured.tells_prize,
        figured.position_str,
        {{ finish_key(
            'figured.race_date', 'figured.race_off_dt', 'figured.race_id', 'figured.finish_seconds'
        ) }} as finish_key,
        figured.sp_decimal,
        figured.bsp,

        ----------  ids
        figured.race_id,
        figured.horse_id,
        figured.course_id,
        figured.jockey_id,
        figured.trainer_id,
        figured.known_owner_id as owner_id,
        horses.sire_id,
        horses.dam_id,
        horses.damsire_id,

        ----------  groups
        figured.code,
        figured.class,
        figured.distance,
        figured.going
    from figured
    inner join horses on figured.horse_id = horses.horse_id
    -- What is asked for most is all runs of a horse: they lie side by side.
    order by figured.horse_id

)

select * from final
