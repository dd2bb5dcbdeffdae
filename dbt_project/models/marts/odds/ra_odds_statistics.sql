{{ config(materialized='table') }}

with

load_days as (

    select * from {{ ref('stg_racing_api__load_days') }}
    where {{ written_by_then('finished_at') }}

),

racecard_loads as (

    select
        load_id,
        min(started_at) as started_at,
        max(finished_at) as finished_at,
        sum(races) as races,
        sum(horses) as horses,
        sum(prices) as prices,
        sum(coalesce(failed_requests, 0) + coalesce(objects_rejected, 0)) as errors
    from load_days
    where resource = 'racecards'
    group by load_id

),

bookmakers as (

    select
        load_days.load_id,
        array_agg(distinct bookmaker.name order by bookmaker.name) as names
    from load_days
    cross join unnest(load_days.bookmakers) as bookmaker (name)
    where load_days.resource = 'racecards'
    group by load_days.load_id

),

final as (

    select
        racecard_loads.load_id::integer as id,
        racecard_loads.started_at as fetch_timestamp,
        null::text as race_id,
        coalesce(racecard_loads.races, 0)::integer as races_count,
        coalesce(racecard_loads.horses, 0)::integer as horses_count,
        coalesce(cardinality(bookmakers.names), 0) as bookmakers_found,
        coalesce(racecard_loads.prices, 0)::integer as total_odds_fetched,
        coalesce(bookmakers.names, '{}') as bookmaker_list,
        (
            extract(epoch from racecard_loads.finished_at - racecard_loads.started_at) * 1000
        )::numeric(12, 0) as fetch_duration_ms,
        racecard_loads.errors::integer as errors_count,
        racecard_loads.finished_at as created_at
    from racecard_loads
    left join bookmakers on racecard_loads.load_id = bookmakers.load_id

)

select * from final
