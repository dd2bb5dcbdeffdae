-- When each kind of object was last loaded, and how long ago that is.
with newest as (
    select distinct on (table_name)
        table_name,
        updated_at,
        records_processed,
        status,
        metadata
    from racing.ra_metadata_tracking
    where operation = 'load' and status <> 'failed'
    order by table_name asc, updated_at desc
)

select
    replace(table_name, 'raw.', '') as resource,
    updated_at as loaded_at,
    round(extract(epoch from %(made_at)s::timestamptz - updated_at) / 3600, 1) as hours,
    records_processed,
    status,
    (metadata ->> 'last_day')::date as last_day
from newest
order by updated_at desc, table_name asc
