{{ config(
    unique_key='id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['horse_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'int_runner_history': none,
            'int_runners': {'columns': ['runner_id', 'race_date', 'age']},
            'int_horses': {'columns': ['dob']},
            'int_landed_stretches': {
                'columns': ['history_from', 'first_day', 'gap_after', 'first_full_year'],
                'through': 'int_runners',
            },
        },
    },
) }}

with

counted as (

    select * from {{ ref('int_runner_history') }}
    where {{ is_taken_up('horse_id') }}

),

runners as (

    select * from {{ ref('int_runners') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

stretches as (

    select * from {{ ref('int_landed_stretches') }}

),

history_start as (

    select min(history_from) as history_from
    from stretches

),

history as (

    select
        counted.*,
        runners.race_date,
        coalesce(
            extract(year from horses.dob)::integer,
            extract(year from runners.race_date)::integer - runners.age
        ) as birth_year
    from counted
    inner join runners on counted.runner_id = runners.runner_id
    inner join horses on counted.horse_id = horses.horse_id

),

final as (

    select
        {{ row_id([['runner_statistics', 'history.runner_id::text']]) }} as id,
        history.runner_id,
        history.horse_id,
        history.career_prize::numeric(12, 2) as career_prize,
        {{ percentage('history.career_wins', 'history.career_runs') }}::numeric(5, 2)
            as career_win_percent,
        {{ percentage('history.career_places', 'history.career_runs') }}::numeric(5, 2)
            as career_place_percent,
        {{ history_figures([
            'course', 'course_distance', 'distance', 'firm', 'good', 'soft', 'heavy', 'aw', 'jumps',
            'last_10', 'last_12m',
        ]) }},
        {{ history_figures(['jockey'], known='history.jockey_id is not null') }},
        history.last_raced,
        history.last_won,
        history.min_winning_distance_yards,
        history.max_winning_distance_yards,
        history.first_landed_at as created_at,
        history.changed_at as updated_at,
        history.career_runs::integer as career_runs,
        history.career_wins::integer as career_wins,
        history.jockey_id,
        history_start.history_from,
        case
            when history.birth_year is not null
                then coalesce(history.birth_year + 2 >= landed.first_full_year, false)
        end as history_complete
    from history
    cross join history_start
    left join stretches as landed
        on
            history.race_date >= landed.first_day
            and history.race_date <= coalesce(landed.gap_after + 1, 'infinity')

)

select * from final
