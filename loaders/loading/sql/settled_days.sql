-- The days that loads of these regions, or of more, and of no smaller plan have read for good: late
-- enough after the day, and one that was empty twice, so long apart that it is believed.
select load_days.day
from raw.load_days
inner join raw.loads on load_days.load_id = loads.load_id
where
    load_days.resource = %(resource)s
    and load_days.day between %(first)s and %(last)s
    and load_days.complete
    and loads.regions @> %(regions)s
    and coalesce(loads.plan, 'pro') <> all(%(smaller)s)
    and (load_days.started_at at time zone 'Europe/London')::date
    >= load_days.day
    + case when load_days.day > %(recent)s then %(settled)s else %(corrected)s end
group by load_days.day
having
    bool_or(load_days.objects_received > 0)
    or max(load_days.started_at) - min(load_days.started_at) >= %(believed_after)s
