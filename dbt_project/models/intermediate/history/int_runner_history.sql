{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['horse_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'int_runners': {
                'columns': ['runner_id', 'race_id', 'jockey_id', 'race_date', 'first_landed_at', 'changed_at'],
            },
            'int_races': {
                'columns': ['course_id', 'code', 'furlongs', 'going_group', 'is_all_weather', 'type', 'distance_yards'],
                'through': 'int_runners',
                'on': ['race_id'],
            },
            'int_runs': none,
        },
    },
) }}

{% set earlier =
    "order by race_date range between unbounded preceding and interval '1 day' preceding"
%}
{% set earlier_12m =
    "order by race_date range between interval '12 months' preceding and interval '1 day' preceding"
%}

with

runners as (

    select * from {{ ref('int_runners') }}
    where {{ is_taken_up('horse_id') }}

),

races as (

    select * from {{ ref('int_races') }}

),

runs as not materialized (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up('horse_id') }}

),

-- Every runner, past and declared, with what its run was if it had one. What is counted within a
-- code is not known without one.
entries as (

    select
        runners.runner_id,
        runners.race_id,
        runners.horse_id,
        runners.jockey_id,
        runners.race_date,
        races.course_id,
        races.code,
        case when races.code is not null then races.furlongs end as furlongs,
        runs.runner_id is not null as has_run,
        coalesce(runs.is_win, false) as is_win,
        coalesce(runs.is_place, false) as is_place,
        runs.position,
        case when races.code is not null then races.going_group end as going_group,
        races.code is not null and races.is_all_weather as is_all_weather,
        coalesce(races.type in ('Hurdle', 'Chase'), false) as is_jumps,
        races.distance_yards,
        runs.prize_gbp,
        runs.tells_prize,
        runners.first_landed_at,
        runners.changed_at,
        runs.first_landed_at as run_first_landed_at,
        runs.changed_at as run_changed_at
    from runners
    inner join races on runners.race_id = races.race_id
    left join runs on runners.runner_id = runs.runner_id

),

counted as (

    select
        runner_id,
        horse_id,
        jockey_id,
        count(*) filter (where has_run) over earlier as career_runs,
        count(*) filter (where has_run and is_win) over earlier as career_wins,
        count(*) filter (where has_run and is_place) over earlier as career_places,
        case
            when (bool_and(tells_prize) over earlier) is not false
                then coalesce({{ from_scaled('sum(prize_gbp) over earlier') }}, 0)
        end as career_prize,
        max(race_date) filter (where has_run) over earlier as last_raced,
        max(race_date) filter (where is_win) over earlier as last_won,
        min(distance_yards) filter (where is_win) over earlier as min_winning_distance_yards,
        max(distance_yards) filter (where is_win) over earlier as max_winning_distance_yards,
        least(first_landed_at, min(run_first_landed_at) over earlier) as first_landed_at,
        greatest(changed_at, max(run_changed_at) over earlier) as changed_at,
        {{ history_counts('jumps', 'earlier', 'is_jumps') }},
        {{ history_counts('last_12m', 'earlier_12m') }},
        {{ history_counts('course', 'earlier_on_course', 'course_id is not null') }},
        {{ history_counts('firm', 'earlier_under_code', "going_group = 'firm'") }},
        {{ history_counts('good', 'earlier_under_code', "going_group = 'good'") }},
        {{ history_counts('soft', 'earlier_under_code', "going_group = 'soft'") }},
        {{ history_counts('heavy', 'earlier_under_code', "going_group = 'heavy'") }},
        {{ history_counts('aw', 'earlier_under_code', 'is_all_weather') }},
        {{ history_counts('distance', 'earlier_over_distance', 'furlongs is not null') }},
        {{ history_counts(
            'course_distance',
            'earlier_over_course_and_distance',
            'furlongs is not null and course_id is not null',
        ) }},
        {{ history_counts('jockey', 'earlier_with_jockey', 'jockey_id is not null') }}
    from entries
    window
        earlier as (partition by horse_id {{ earlier }}),
        earlier_12m as (partition by horse_id {{ earlier_12m }}),
        earlier_on_course as (partition by horse_id, course_id {{ earlier }}),
        earlier_under_code as (partition by horse_id, code {{ earlier }}),
        earlier_over_distance as (partition by horse_id, code, furlongs {{ earlier }}),
        earlier_over_course_and_distance as (
            partition by horse_id, code, furlongs, course_id {{ earlier }}
        ),
        earlier_with_jockey as (partition by horse_id, jockey_id {{ earlier }})

),

-- The last ten at each run, itself included: what they are for a runner with that many runs
-- behind it.
tens as (

    select
        horse_id,
        row_number() over newest_last as run_number,
        count(*) over last_ten as last_10_runs,
        count(*) filter (where is_win) over last_ten as last_10_wins,
        count(*) filter (where position = 2) over last_ten as last_10_2nds,
        count(*) filter (where position = 3) over last_ten as last_10_3rds
    from runs
    window
        newest_last as ({{ one_after_another() }}),
        last_ten as (newest_last rows between 9 preceding and current row)

),

final as (

    select
        counted.*,
        coalesce(tens.last_10_runs, 0) as last_10_runs,
        coalesce(tens.last_10_wins, 0) as last_10_wins,
        coalesce(tens.last_10_2nds, 0) as last_10_2nds,
        coalesce(tens.last_10_3rds, 0) as last_10_3rds
    from counted
    left join tens
        on counted.horse_id = tens.horse_id and counted.career_runs = tens.run_number

)

select * from final
