{{ config(
    indexes=[{'columns': ['race_date']}],
    meta={
        'unit': ['race_date'],
        'changes': {
            'ra_races': {'as': [['date']]},
            'ra_runners': none,
            'ra_race_results': none,
            'ra_runner_odds': none,
            'ra_odds_historical': {'through': 'ra_races', 'on': {'id': 'race_id'}, 'as': [['date']]},
        },
        'describes': [
            'ra_races', 'ra_runners', 'ra_race_results', 'ra_runner_odds', 'ra_odds_historical',
        ],
    },
) }}

with

races as (

    select * from {{ ref('ra_races') }}
    where {{ is_taken_up('date') }}

),

runners as (

    select * from {{ ref('ra_runners') }}
    where {{ is_taken_up('race_date') }}

),

race_results as (

    select * from {{ ref('ra_race_results') }}
    where {{ is_taken_up('race_date') }}

),

runner_odds as (

    select * from {{ ref('ra_runner_odds') }}
    where {{ is_taken_up('race_date') }}

),

odds_historical as not materialized (

    select * from {{ ref('ra_odds_historical') }}

),

odds_of_day as (

    select
        odds_historical.*,
        races.date as race_date
    from odds_historical
    inner join races on odds_historical.race_id = races.id

),

counts as (

    {{ feed_counts('ra_races', 'races', 'id', 'date') }}

    union all

    {{ feed_counts('ra_runners', 'runners', 'race_id', 'race_date') }}

    union all

    {{ feed_counts('ra_race_results', 'race_results', 'race_id', 'race_date') }}

    union all

    {{ feed_counts('ra_runner_odds', 'runner_odds', 'race_id', 'race_date') }}

    union all

    {{ feed_counts('ra_odds_historical', 'odds_of_day', 'race_id', 'race_date') }}

),

final as (

    select
        table_name,
        column_name,
        is_told,
        race_date,
        eligible::integer as eligible,
        filled::integer as filled,
        races::integer as races
    from counts

)

select * from final
