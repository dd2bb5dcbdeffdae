-- The addresses that objects have been received from.
select distinct loads.base_url
from raw.loads
inner join raw.load_days on loads.load_id = load_days.load_id
where load_days.objects_received > 0
order by loads.base_url
