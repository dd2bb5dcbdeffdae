-- The plan of the last load from an address that knew it.
select plan
from raw.loads
where
    base_url = %(base_url)s
    and plan is not null
order by load_id desc
limit 1
