{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_bookmaker_days') }}

),

spellings as (

    select
        bookmaker_code,
        bookmaker,
        max(race_date) as seen_on,
        max(race_date) filter (
            where is_priced and race_date <= {{ as_of_date() }}
        ) as priced_on,
        min(first_landed_at) as first_landed_at
    from days
    group by bookmaker_code, bookmaker

),

final as (

    select
        {{ row_id([['bookmaker', 'bookmaker_code']]) }} as bookmaker_id,
        bookmaker_code,
        {{ newest('bookmaker', 'seen_on desc, ' ~ bytewise('bookmaker')) }} as bookmaker,
        max(priced_on) as priced_on,
        min(first_landed_at) as first_landed_at
    from spellings
    group by bookmaker_code

)

select * from final
