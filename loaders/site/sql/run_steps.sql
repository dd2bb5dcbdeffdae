-- The steps of the newest daily and weekly runs, and what each said.
select
    (metadata ->> 'run_started_at')::timestamptz as began_at,
    operation as kind,
    table_name as step,
    metadata ->> 'outcome' as outcome,
    round((metadata ->> 'execution_seconds')::numeric, 1) as seconds,
    metadata ->> 'message' as message
from racing.ra_metadata_tracking
where operation in ('daily', 'weekly')
order by created_at desc, table_name asc
limit 400
