-- All horses with a profile, the one that was received longest ago first.
select horse_id
from raw.horses
where withdrawn_at is null
order by checked_at asc nulls first, horse_id asc
limit %(most)s
