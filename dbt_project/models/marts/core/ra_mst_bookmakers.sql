with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}

),

-- One row per firm and spelling first: the sort that picks a spelling stays small.
spellings as (

    select
        bookmaker_code,
        bookmaker,
        max(race_date) as seen_on,
        max(race_date) filter (
            where decimal_odds is not null and race_date <= {{ as_of_date() }}
        ) as priced_on,
        min(first_landed_at) as first_landed_at
    from odds
    group by bookmaker_code, bookmaker

),

bookmakers as (

    select
        bookmaker_code,
        {{ newest('bookmaker', 'seen_on desc, ' ~ bytewise('bookmaker')) }} as bookmaker,
        max(priced_on) as priced_on,
        min(first_landed_at) as first_landed_at
    from spellings
    group by bookmaker_code

),

final as (

    select
        {{ row_id([['bookmaker', 'bookmaker_code']]) }} as id,
        bookmaker as name,
        bookmaker_code as code,
        coalesce(priced_on > {{ as_of_date() }} - 30, false) as is_active,
        first_landed_at as created_at,
        {{ bookmaker_type('bookmaker_code') }} as type
    from bookmakers

)

select * from final
