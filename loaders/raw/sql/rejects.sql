-- The rejects of a load, by default of the last that had any.
select
    resource,
    day,
    key,
    reason,
    payload
from raw.rejects
where load_id = coalesce(%(load_id)s, (select max(latest.load_id) from raw.rejects as latest))
order by reject_id
