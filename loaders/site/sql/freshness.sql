-- When each kind of object was last loaded, and how long ago that is. What counts, as everywhere,
-- is a day, or a list without days, that is complete.
with loads as (
    select
        table_name,
        (metadata ->> 'last_complete_at')::timestamptz as loaded_at,
        records_processed,
        status,
        metadata
    from racing.ra_metadata_tracking
    where operation = 'load'
),

newest as (
    select distinct on (table_name) *
    from loads
    where loaded_at is not null
    order by table_name asc, loaded_at desc
)

select
    replace(table_name, 'raw.', '') as resource,
    loaded_at,
    round(extract(epoch from %(made_at)s::timestamptz - loaded_at) / 3600, 1) as hours,
    records_processed,
    status,
    (metadata ->> 'last_day')::date as last_day
from newest
order by loaded_at desc, table_name asc
