-- A payload that has landed before is never written or compressed again. The parameters are sent in
-- binary: text ones would be quoted.
with known as (
    select
        landed.{key_column} as key,
        landed.payload,
        landed.load_id,
        coalesce(loads.plan, 'pro') = any(%(bigger)s) as has_more,
        coalesce(loads.plan, 'pro') = any(%(smaller)s) as has_less
    from raw.{table} as landed
    left join raw.loads on landed.load_id = loads.load_id
    where landed.{key_column} = any(%(keys)b::text[])
),

poorer as (
    select key
    from known
    where has_less
),

-- What a bigger plan has landed stays, though it is listed again.
received as (
    select
        sent.key,
        case when known.has_more then known.payload else sent.payload::jsonb end as payload,
        case when known.has_more then known.load_id else %(load_id)s end as load_id
    from
        unnest(%(keys)b::text[], %(payloads)b::text[]) as sent (key, payload)
    left join known on sent.key = known.key
),

merged as (
    insert into raw.{table} as landed (
        {key_column}, payload, first_landed_at, changed_at, load_id
    )
    select
        key,
        payload,
        now() as first_landed_at,
        now() as changed_at,
        load_id
    from received
    order by key
    on conflict ({key_column}) do update
        set
            payload = excluded.payload,
            changed_at
            = greatest(excluded.changed_at, landed.changed_at + interval '1 microsecond'),
            withdrawn_at = null,
            load_id = excluded.load_id
        where landed.payload is distinct from excluded.payload
        or landed.withdrawn_at is not null
        or landed.{key_column} in (select poorer.key from poorer)
    returning changed_at = first_landed_at as is_new
)

select
    count(*) filter (where is_new) as new,
    count(*) filter (where not is_new) as changed
from merged
