{{ config(pre_hook="{{ take_up_units(['select true as whole']) }}") }}

with

results as (

    select * from {{ ref('stg_racing_api__results') }}

),

load_days as (

    select * from {{ ref('stg_racing_api__load_days') }}
    where {{ written_by_then('finished_at') }}

),

history_start as (

    select min(race_date) as history_from
    from results

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

-- The year of as_of_date is full as far as it has come.
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

final as (

    select
        history_start.history_from,
        landed.first_day,
        landed.gap_after,
        landed.first_full_year
    from history_start
    left join landed on true

)

select * from final
