-- The newest build, and the day that its figures are as of: days since a last run are counted up to
-- it, and are none for a run after it.
with builds as (
    select
        metadata ->> 'invocation_id' as invocation_id,
        max(updated_at) as built_at
    from racing.ra_metadata_tracking
    where operation = 'build'
    group by metadata ->> 'invocation_id'
),

counted as (
    select min(last_runner_date + days_since_last_runner) as as_of
    from racing.ra_mst_trainers
)

select
    builds.invocation_id,
    builds.built_at,
    counted.as_of
from counted
left join builds on true
order by builds.built_at desc nulls last
limit 1
