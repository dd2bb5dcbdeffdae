-- The worlds whose objects have been received; null is the real API.
select distinct loads.simulated_world
from raw.loads
inner join raw.load_days on loads.load_id = load_days.load_id
where load_days.objects_received > 0
order by loads.simulated_world nulls first
