-- The keys of what is live of the list of a day in some regions.
-- What a region filter asks for goes by the payload; one that does not tell its region is among
-- what it came with.
select landed.{key_column}
from raw.{table} as landed
left join raw.loads on landed.load_id = loads.load_id
where
    (
        landed.listed_on = %(day)s
        or (landed.race_date = %(day)s and landed.listed_on is null)
    )
    and landed.withdrawn_at is null
    and coalesce(
        lower(landed.payload ->> 'region') = any(%(regions)s),
        loads.regions <@ %(regions)s
    )
order by landed.{key_column}
