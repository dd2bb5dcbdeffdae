with

history as (

    select * from {{ ref('int_runner_history') }}

),

runners as (

    select * from {{ ref('int_runners') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

results as (

    select * from {{ ref('stg_racing_api__results') }}

),

load_days as (

    select * from {{ ref('stg_racing_api__load_days') }}
    where {{ written_by_then('finished_at') }}

),

days as (

    select distinct day
    from load_days
    where resource = 'results' and complete and day is not null

),

-- Days in a row are of one stretch.
stretches as (

    select
        min(day) as first_day,
        max(day) as last_day,
        extract(year from min(day) + interval '1 year' - interval '1 day')::integer as first_year
    from (
        select
            day,
            day - row_number() over (order by day)::integer as stretch
        from days
    ) as numbered
    group by stretch

),

-- The first year of a stretch that landed in full; the year of as_of_date is full as far as it has
-- come.
landed as (

    select
        first_day,
        case when last_day < max(last_day) over () then last_day end as gap_after,
        case
            when
                make_date(first_year, 12, 31) <= last_day
                or (
                    first_year = extract(year from {{ as_of_date() }})
                    and first_year = extract(year from last_day)
                    and last_day = max(last_day) over ()
                )
                then first_year
        end as first_full_year
    from stretches

),

history_start as (

    select min(race_date) as history_from
    from results

),

born as (

    select
        runners.runner_id,
        runners.race_date,
        coalesce(
            extract(year from horses.dob)::integer,
            extract(year from runners.race_date)::integer - runners.age
        ) as birth_year
    from runners
    inner join horses on runners.horse_id = horses.horse_id

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
            when born.birth_year is not null
                then coalesce(born.birth_year + 2 >= landed.first_full_year, false)
        end as history_complete
    from history
    inner join born on history.runner_id = born.runner_id
    cross join history_start
    left join landed
        on
            born.race_date >= landed.first_day
            and born.race_date <= coalesce(landed.gap_after + 1, 'infinity')

)

select * from final
