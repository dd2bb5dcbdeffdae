-- The days that a load of these regions, or of more, and of no smaller plan saw empty so long ago
-- that they are believed when it is so again.
select distinct load_days.day
from raw.load_days
inner join raw.loads on load_days.load_id = loads.load_id
where
    load_days.resource = %(resource)s
    and load_days.day between %(first)s and %(last)s
    and load_days.complete
    and load_days.objects_received = 0
    and loads.regions @> %(regions)s
    and coalesce(loads.plan, 'pro') <> all(%(smaller)s)
    and load_days.started_at <= now() - %(believed_after)s
