-- Days that came without a race, once it was time for them: results after the day, racecards on it.
-- Britain races on every day but Christmas; other regions often have days without.
select
    load_days.resource,
    load_days.day,
    min(load_days.started_at) as since
from raw.load_days
inner join raw.loads on load_days.load_id = loads.load_id
where
    load_days.resource in ('results', 'racecards')
    and (
        load_days.day between %(first)s and %(last)s
        or load_days.day = any(%(told)s)
    )
    and load_days.complete
    and 'gb' = any(loads.regions)
    and (load_days.started_at at time zone 'Europe/London')::date
    >= load_days.day + case when load_days.resource = 'results' then 1 else 0 end
group by load_days.resource, load_days.day
having max(load_days.objects_received) = 0
order by load_days.day desc, load_days.resource asc
