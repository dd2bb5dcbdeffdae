-- What the newest build of many tables spent most time on.
with builds as (
    select
        metadata ->> 'invocation_id' as invocation_id,
        table_name,
        (metadata ->> 'execution_seconds')::numeric as seconds,
        records_processed,
        created_at
    from racing.ra_metadata_tracking
    where operation = 'build'
),

newest as (
    select invocation_id
    from builds
    group by invocation_id
    having count(*) >= 10
    order by max(created_at) desc
    limit 1
)

select
    builds.table_name,
    round(builds.seconds, 2) as seconds,
    builds.records_processed
from builds
inner join newest on builds.invocation_id = newest.invocation_id
order by builds.seconds desc, builds.table_name asc
limit 15
