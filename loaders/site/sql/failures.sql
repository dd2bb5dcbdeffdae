-- What did not end well, the newest first: loads that got a part or nothing, tables that were not
-- built.
select
    updated_at as ended_at,
    operation,
    table_name,
    status,
    error_message
from racing.ra_metadata_tracking
where status <> 'success' and operation in ('load', 'build')
order by updated_at desc, table_name asc
limit 400
