{{ config(materialized='table') }}

with

odds_live as (

    select * from {{ ref('ra_odds_live') }}

),

final as (

    select
        race_id,
        race_date,
        race_time,
        off_dt,
        course,
        race_name,
        runners,
        horse_name,
        horse_number,
        odds_decimal,
        odds_fractional,
        bookmaker_name,
        fetched_at
    from odds_live

)

select * from final
