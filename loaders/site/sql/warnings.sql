-- What the newest build and the newest tests of a daily or weekly run warned of.
with newest as (
    select distinct on (table_name)
        table_name as step,
        updated_at as ended_at,
        metadata ->> 'outcome' as outcome,
        metadata ->> 'message' as message
    from racing.ra_metadata_tracking
    where operation in ('daily', 'weekly') and table_name in ('build', 'tests')
    order by table_name asc, created_at desc
)

select
    step,
    ended_at,
    outcome,
    message
from newest
where message is not null
order by step asc
