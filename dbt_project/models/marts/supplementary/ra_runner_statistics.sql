with

history as (

    select * from {{ ref('int_runner_history') }}

),

runners as (

    select * from {{ ref('int_runners') }}

),

results as (

    select * from {{ ref('stg_racing_api__results') }}

),

landed as (

    select
        min(race_date) as history_from,
        extract(year from min(race_date) + interval '1 year' - interval '1 day')::integer
            as first_full_year
    from results

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
        landed.history_from,
        coalesce(
            extract(year from runners.dob)::integer,
            extract(year from runners.race_date)::integer - runners.age
        ) + 2 >= landed.first_full_year as history_complete
    from history
    inner join runners on history.runner_id = runners.runner_id
    cross join landed

)

select * from final
