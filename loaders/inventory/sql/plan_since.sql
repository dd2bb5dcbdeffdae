-- The account's plan as the last load that knew it had it, and when it was first seen to be that.
with known as (
    select
        load_id,
        plan,
        started_at
    from raw.loads
    where plan is not null
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
