with

races as (

    select * from {{ ref('ra_races') }}

),

runners as (

    select * from {{ ref('ra_runners') }}

),

race_results as (

    select * from {{ ref('ra_race_results') }}

),

runner_odds as (

    select * from {{ ref('ra_runner_odds') }}

),

final as (

    select
        'ra_races' as table_name,
        date as race_date,
        {{ feed_signature('ra_races') }} as signature
    from races
    group by date

    union all

    select
        'ra_runners' as table_name,
        race_date,
        {{ feed_signature('ra_runners') }} as signature
    from runners
    group by race_date

    union all

    select
        'ra_race_results' as table_name,
        race_date,
        {{ feed_signature('ra_race_results') }} as signature
    from race_results
    group by race_date

    union all

    select
        'ra_runner_odds' as table_name,
        race_date,
        {{ feed_signature('ra_runner_odds') }} as signature
    from runner_odds
    group by race_date

)

select * from final
