-- The state of the warehouse in a line. A step of a daily or weekly run is one of its loads or
-- builds over again, so each kind of failure is counted by itself.
with races as (
    select
        count(*) as races,
        count(distinct date) as days,
        min(date) as first_day,
        max(date) filter (where has_result) as last_result
    from racing.ra_races
),

failures as (
    select
        count(distinct metadata ->> 'load_id') as loads,
        count(distinct metadata ->> 'invocation_id') as builds,
        count(distinct metadata ->> 'run_id') as runs
    from racing.ra_metadata_tracking
    where status <> 'success' and updated_at > %(made_at)s::timestamptz - interval '30 days'
),

loads as (
    select
        coalesce(sum((metadata ->> 'objects_rejected')::bigint), 0) as rejections,
        max((metadata ->> 'last_complete_at')::timestamptz) as loaded_at
    from racing.ra_metadata_tracking
    where operation = 'load'
)

select
    races.*,
    failures.loads as failed_loads,
    failures.builds as failed_builds,
    failures.runs as failed_runs,
    loads.*
from races
cross join failures
cross join loads
