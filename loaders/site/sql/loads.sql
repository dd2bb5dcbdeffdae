-- The newest loads, each kind of object a row.
select
    updated_at as finished_at,
    replace(table_name, 'raw.', '') as resource,
    status,
    (metadata ->> 'first_day')::date as first_day,
    (metadata ->> 'last_day')::date as last_day,
    (metadata ->> 'days')::integer as days,
    (metadata ->> 'days_complete')::integer as days_complete,
    records_processed,
    records_inserted,
    records_updated,
    (metadata ->> 'objects_withdrawn')::integer as withdrawn,
    (metadata ->> 'objects_rejected')::integer as rejected,
    (metadata ->> 'failed_requests')::integer as failed_requests,
    round(extract(epoch from updated_at - created_at), 1) as seconds
from racing.ra_metadata_tracking
where operation = 'load'
order by updated_at desc, table_name asc
limit 400
