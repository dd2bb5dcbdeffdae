-- When each kind of object was last loaded, with what the load got of it.
select distinct on (table_name)
    replace(table_name, 'raw.', '') as resource,
    updated_at as loaded_at,
    records_processed,
    status,
    (metadata ->> 'last_day')::date as last_day
from racing.ra_metadata_tracking
where operation = 'load' and status <> 'failed'
order by table_name asc, updated_at desc
