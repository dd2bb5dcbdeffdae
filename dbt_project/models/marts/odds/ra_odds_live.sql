{{ config(materialized='table') }}

with

cards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where race_date >= {{ as_of_date() }}

),

runners as not materialized (

    select * from {{ ref('stg_racing_api__racecard_runners') }}

),

odds as not materialized (

    select * from {{ ref('stg_racing_api__racecard_odds') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

courses as (

    select * from {{ ref('int_courses') }}

),

race_courses as (

    select * from {{ ref('int_race_courses') }}

),

going_groups as (

    select * from {{ ref('going_groups') }}

),

-- A race that has been run, or is void, has runners with a position.
to_come as (

    select
        race_id,
        course_id,
        race_date,
        coalesce(stated_off_dt, off_dt) as off_dt,
        race_name,
        {{ race_class('null', 'class', 'pattern') }} as race_class,
        type,
        coalesce(distance, {{ written_distance('distance_yards') }}) as distance,
        going,
        region
    from cards
    where
        not coalesce(is_abandoned, false)
        and not exists (
            select 1
            from result_runners
            where
                result_runners.race_id = cards.race_id
                and result_runners.position_str is not null
        )

),

declared as (

    select
        to_come.race_id,
        count(*) filter (where {{ is_declared('runners') }}) as runners
    from to_come
    inner join runners on to_come.race_id = runners.race_id
    group by to_come.race_id

),

-- Every spelling of a firm counts, a price or not: the newest one names it.
bookmakers as (

    select
        odds.bookmaker_code,
        {{ newest('odds.bookmaker', 'odds.race_date desc, ' ~ bytewise('odds.bookmaker')) }}
            as bookmaker
    from cards
    inner join odds on cards.race_id = odds.race_id
    group by odds.bookmaker_code

),

-- Made once: PostgreSQL expects few prices, and would make the names again for each of them.
identified as materialized (

    select
        bookmaker_code,
        bookmaker,
        {{ row_id([['bookmaker', 'bookmaker_code']]) }} as bookmaker_id
    from bookmakers

),

final as (

    select
        {{ row_id([
            ['race', 'odds.race_id'],
            ['horse', 'odds.horse_id'],
            ['bookmaker', 'odds.bookmaker_code'],
        ]) }} as id,
        odds.race_id,
        odds.horse_id,
        identified.bookmaker_id::text as bookmaker_id,
        to_come.race_date,
        {{ london_clock('to_come.off_dt') }} as race_time,
        to_come.off_dt,
        coalesce(courses.course_name, race_courses.course_name) as course,
        to_come.race_name,
        to_come.race_class,
        to_come.type as race_type,
        to_come.distance,
        coalesce(going_groups.going, to_come.going) as going,
        declared.runners::integer as runners,
        {{ without_country('runners.horse') }} as horse_name,
        {{ leading_number('runners.number') }} as horse_number,
        runners.jockey,
        runners.trainer,
        {{ leading_number('runners.draw') }} as draw,
        {{ stones_and_pounds(weight_to_carry('runners')) }} as weight,
        runners.age,
        runners.form,
        identified.bookmaker as bookmaker_name,
        {{ bookmaker_type('odds.bookmaker_code') }} as bookmaker_type,
        'WIN' as market_type,
        odds.decimal_odds::numeric(10, 3) as odds_decimal,
        odds.fractional_odds as odds_fractional,
        case when to_come.off_dt <= {{ as_of_time() }} then 'CLOSED' else 'OPEN' end
            as market_status,
        false as in_play,
        odds.updated_at as odds_timestamp,
        odds.changed_at as fetched_at,
        odds.updated_at,
        to_come.region
    from to_come
    inner join odds on to_come.race_id = odds.race_id
    inner join runners on odds.race_id = runners.race_id and odds.horse_id = runners.horse_id
    inner join declared on to_come.race_id = declared.race_id
    inner join identified on odds.bookmaker_code = identified.bookmaker_code
    left join courses on to_come.course_id = courses.course_id
    left join race_courses on to_come.race_id = race_courses.race_id
    left join going_groups on lower(to_come.going) = lower(going_groups.spelling)
    where odds.is_newest

)

select * from final
