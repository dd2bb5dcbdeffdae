with

odds as (

    select * from {{ ref('int_runner_odds') }}

),

runners as (

    select * from {{ ref('int_runners') }}

),

races as (

    select * from {{ ref('int_races') }}

),

bookmakers as (

    select * from {{ ref('ra_mst_bookmakers') }}

),

final as (

    select
        {{ row_id([
            ['race', 'odds.race_id'], ['horse', 'odds.horse_id'], ['bookmaker', 'odds.bookmaker_code']
        ]) }} as id,
        odds.race_id,
        odds.horse_id,
        bookmakers.id::text as bookmaker_id,
        races.race_date,
        {{ london_clock('races.off_dt') }} as race_time,
        races.off_dt,
        races.course_name as course,
        races.race_name,
        races.class as race_class,
        races.type as race_type,
        races.distance_written as distance,
        races.going,
        races.field_size::integer as runners,
        runners.horse as horse_name,
        {{ leading_number('runners.number') }} as horse_number,
        runners.jockey,
        runners.trainer,
        {{ leading_number('runners.draw') }} as draw,
        {{ stones_and_pounds('runners.weight_lbs') }} as weight,
        runners.age,
        runners.form,
        bookmakers.name as bookmaker_name,
        bookmakers.type as bookmaker_type,
        'WIN' as market_type,
        odds.decimal_odds::numeric(10, 3) as odds_decimal,
        odds.fractional_odds as odds_fractional,
        case when races.off_dt <= {{ as_of_time() }} then 'CLOSED' else 'OPEN' end as market_status,
        false as in_play,
        odds.updated_at as odds_timestamp,
        odds.changed_at as fetched_at,
        odds.updated_at,
        races.region
    from odds
    inner join races on odds.race_id = races.race_id
    inner join runners on odds.runner_id = runners.runner_id
    inner join bookmakers on odds.bookmaker_code = bookmakers.code
    where
        races.race_date >= {{ as_of_date() }}
        and not races.has_result
        and not races.is_void
        and not races.is_abandoned

)

select * from final
