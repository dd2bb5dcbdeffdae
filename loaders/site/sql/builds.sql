-- The newest builds: how long each took from its first table to its last, and what failed.
select
    metadata ->> 'invocation_id' as invocation_id,
    min(created_at) as began_at,
    max(updated_at) as ended_at,
    round(extract(epoch from max(updated_at) - min(created_at)), 1) as seconds,
    count(*) as tables,
    sum(records_processed) as rows_written,
    count(*) filter (where status <> 'success') as failed
from racing.ra_metadata_tracking
where operation = 'build'
group by metadata ->> 'invocation_id'
order by min(created_at) desc
limit 400
