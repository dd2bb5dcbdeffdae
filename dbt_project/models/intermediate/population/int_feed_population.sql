{{ config(
    materialized='incremental',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_days() }}"
) }}

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

feed_days as (

    select * from {{ ref('int_feed_days') }}

),

-- A day whose signature is as it was when the day was counted keeps its counts.
days as (

    select * from feed_days
    where {{ is_uncounted('feed_days') }}

),

counts as (

    {{ feed_counts('ra_races', 'races', 'id', 'date') }}

    union all

    {{ feed_counts('ra_runners', 'runners', 'race_id', 'race_date') }}

    union all

    {{ feed_counts('ra_race_results', 'race_results', 'race_id', 'race_date') }}

    union all

    {{ feed_counts('ra_runner_odds', 'runner_odds', 'race_id', 'race_date') }}

),

final as (

    select
        counts.table_name,
        counts.column_name,
        counts.race_date,
        counts.eligible::integer as eligible,
        counts.filled::integer as filled,
        counts.races::integer as races,
        days.signature
    from counts
    inner join days
        on counts.table_name = days.table_name and counts.race_date = days.race_date

)

select * from final
