-- The state of the warehouse in a line.
with races as (
    select
        count(*) as races,
        count(distinct date) as days,
        min(date) as first_day,
        max(date) filter (where has_result) as last_result
    from racing.ra_races
),

operations as (
    select
        coalesce(sum((metadata ->> 'objects_rejected')::bigint), 0) as rejected,
        count(*) filter (
            where status <> 'success' and updated_at > %(made_at)s::timestamptz - interval '30 days'
        ) as failures,
        max(updated_at) filter (where operation = 'load' and status <> 'failed') as loaded_at
    from racing.ra_metadata_tracking
)

select
    races.*,
    operations.*
from races
cross join operations
