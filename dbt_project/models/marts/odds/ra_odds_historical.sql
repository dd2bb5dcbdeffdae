{{ config(
    unique_key='racing_bet_data_id',
    indexes=[
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'int_runs': none,
            'int_runners': none,
            'int_horses': {
                'columns': ['horse'],
                'through': 'int_runs',
                'on': ['horse_id'],
            },
            'int_races': none,
            'int_run_returns': none,
            'int_pre_race_prices': none,
            'int_betting_forecasts': none,
            'int_margins': none,
        },
    },
) }}

with

runs as (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up('race_id') }}

),

runners as (

    select * from {{ ref('int_runners') }}
    where {{ is_taken_up('race_id') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

returned as (

    select * from {{ ref('int_run_returns') }}
    where {{ is_taken_up('race_id') }}

),

pre_race_prices as (

    select * from {{ ref('int_pre_race_prices') }}
    where {{ is_taken_up('race_id') }}

),

forecasts as (

    select * from {{ ref('int_betting_forecasts') }}
    where {{ is_taken_up('race_id') }}

),

margins as (

    select * from {{ ref('int_margins') }}
    where {{ is_taken_up('race_id') }}

),

winning_distances as (

    select
        runs.race_id,
        max({{ bytewise('margins.margin') }}) as winning_distance
    from runs
    inner join margins on runs.runner_id = margins.runner_id
    where runs.is_win
    group by runs.race_id

),

final as (

    select
        runs.runner_id as racing_bet_data_id,
        races.off_dt as date_of_race,
        races.region as country,
        races.course_name as track,
        {{ london_clock('races.off_dt') }} as race_time,
        races.going,
        races.type as race_type,
        races.distance_written as distance,
        {{ class_number('races.class') }} as race_class,
        races.runs::integer as runners_count,
        horses.horse as horse_name,
        runners.ofr as official_rating,
        runners.age,
        {{ stones_and_pounds('runners.weight_lbs') }} as weight,
        runners.jockey,
        runners.trainer,
        runners.headgear,
        {{ leading_number('runners.draw') }} as stall_number,
        returned.favourite_position::integer as sp_favorite_position,
        runs.sp_decimal::numeric(8, 2) as industry_sp,
        runs.position_str as finishing_position,
        winning_distances.winning_distance,
        null::numeric(10, 3) as ip_min,
        null::numeric(10, 3) as ip_max,
        pre_race_prices.lowest::numeric(10, 3) as pre_race_min,
        pre_race_prices.highest::numeric(10, 3) as pre_race_max,
        ({{ fractional_to_decimal('forecasts.fractional_odds') }})::numeric(10, 3)
            as forecasted_odds,
        returned.win_return as sp_win_return,
        returned.each_way_return as ew_return,
        returned.place_return,
        'the-racing-api' as data_source,
        null::text as file_source,
        runners.first_landed_at as created_at,
        runners.changed_at as updated_at,
        runs.changed_at as match_timestamp,
        races.race_name,
        runs.race_id,
        runs.horse_id,
        pre_race_prices.lowest_exchange::numeric(10, 3) as pre_race_min_exchange,
        pre_race_prices.highest_exchange::numeric(10, 3) as pre_race_max_exchange,
        runners.has_card,
        runs.bsp::numeric(8, 2) as bsp,
        races.plan
    from runs
    inner join runners on runs.runner_id = runners.runner_id
    inner join horses on runs.horse_id = horses.horse_id
    inner join races on runs.race_id = races.race_id
    inner join returned on runs.runner_id = returned.runner_id
    left join pre_race_prices on runs.runner_id = pre_race_prices.runner_id
    left join forecasts on runs.runner_id = forecasts.runner_id
    left join winning_distances on runs.race_id = winning_distances.race_id

)

select * from final
