-- What the newest read of a day, or of a list without days, could not land: a read that lands all
-- that there is, of the same regions or of more, ends it.
with reads as (
    select
        load_days.resource,
        load_days.day,
        load_days.load_id,
        load_days.objects_rejected,
        load_days.complete,
        load_days.started_at,
        loads.regions
    from raw.load_days
    inner join raw.loads on load_days.load_id = loads.load_id
),

rejecting as (
    select *
    from reads
    where
        objects_rejected > 0
        and not exists (
            select
            from reads as clean
            where
                clean.resource = reads.resource
                and clean.day is not distinct from reads.day
                and clean.load_id > reads.load_id
                and clean.complete
                and clean.objects_rejected = 0
                and clean.regions @> reads.regions
        )
),

newest as (
    select distinct on (resource, day)
        resource,
        day,
        load_id,
        objects_rejected,
        min(started_at) over (partition by resource, day) as since
    from rejecting
    order by resource asc, day asc, load_id desc
)

select
    newest.resource,
    newest.day,
    newest.load_id,
    newest.objects_rejected,
    first_of_them.reason,
    newest.since
from newest
left join lateral (
    select rejects.reason
    from raw.rejects
    where
        rejects.load_id = newest.load_id
        and rejects.resource = newest.resource
        and rejects.day is not distinct from newest.day
    order by rejects.reject_id
    limit 1
) as first_of_them on true
order by newest.day desc nulls first, newest.resource asc
