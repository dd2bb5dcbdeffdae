-- Why the first objects that a load rejected could not land.
select concat_ws(' ', resource, day, key) || ': ' || reason
from raw.rejects
where load_id = %(load_id)s
order by reject_id
limit %(most)s
