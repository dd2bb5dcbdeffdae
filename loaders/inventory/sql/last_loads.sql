-- When each raw table was last loaded; any load counts for the log of loads.
with complete as (
    select
        resource,
        finished_at
    from raw.load_days
    where complete
)

select
    resource,
    max(finished_at) as loaded_at
from complete
group by resource
union all
select
    'load_days' as resource,
    max(finished_at) as loaded_at
from complete
having count(*) > 0
