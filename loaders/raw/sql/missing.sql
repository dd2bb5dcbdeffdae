-- The keys of a day's live objects of some regions that are not among those that came.
-- What a region filter asks for goes by the payload; one that does not tell its region is among
-- what it came with.
select landed.{key_column}
from raw.{table} as landed
left join raw.loads on landed.load_id = loads.load_id
where
    landed.race_date = %(day)s
    and landed.withdrawn_at is null
    and landed.{key_column} <> all(%(keys)s)
    and coalesce(
        lower(landed.payload ->> 'region') = any(%(regions)s),
        loads.regions <@ %(regions)s
    )
order by landed.{key_column}
