-- The plan of the last load from an address that knew it, and since when it has been that one.
with known as (
    select
        load_id,
        plan,
        started_at
    from raw.loads
    where
        base_url = %(base_url)s
        and plan is not null
),

latest as (
    select plan
    from known
    order by load_id desc
    limit 1
)

select
    latest.plan,
    min(known.started_at) as since
from known
inner join latest on known.plan = latest.plan
where
    known.load_id > coalesce(
        (
            select max(others.load_id)
            from known as others
            where others.plan <> latest.plan
        ),
        0
    )
group by latest.plan
