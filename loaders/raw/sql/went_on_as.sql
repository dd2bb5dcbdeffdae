-- The load that went on in the place of one: of those that ended partial, only such have an error.
select min(next_loads.load_id)
from raw.loads
inner join raw.loads as next_loads on loads.load_id < next_loads.load_id
where
    loads.load_id = %(load_id)s
    and loads.outcome = 'partial'
    and loads.error is not null
