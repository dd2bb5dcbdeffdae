-- A payload that has landed before is never written or compressed again, and one that is replaced
-- stays as a version. The parameters are sent in binary: text ones would be quoted.
with sent as materialized (
    select
        key,
        payload::jsonb as payload
    from unnest(%(keys)b::text[], %(payloads)b::text[]) as sent (key, payload)
),

known as (
    select
        landed.{key_column} as key,
        landed.payload,
        landed.changed_at,
        landed.withdrawn_at,
        landed.load_id,
        coalesce(loads.plan, 'pro') = any(%(bigger)s) as has_more,
        coalesce(loads.plan, 'pro') = any(%(smaller)s) as has_less
    from raw.{table} as landed
    left join raw.loads on landed.load_id = loads.load_id
    where landed.{key_column} = any(%(keys)b::text[])
),

-- What a bigger plan has landed stays, though it is listed again.
differing as (
    select
        sent.key,
        case when known.has_more then known.payload else sent.payload end as payload,
        case when known.has_more then known.load_id else %(load_id)s end as load_id,
        greatest(
            statement_timestamp(), known.changed_at + interval '1 microsecond'
        ) as changed_at
    from sent
    left join known on sent.key = known.key
    where
        known.key is null
        or known.withdrawn_at is not null
        or known.has_less
        or (not known.has_more and known.payload is distinct from sent.payload)
),

replaced as (
    insert into raw.{versions} (
        {key_column},
        payload,
        first_landed_at,
        changed_at,
        withdrawn_at,
        replaced_at,
        load_id
    )
    select
        landed.{key_column},
        landed.payload,
        landed.first_landed_at,
        landed.changed_at,
        landed.withdrawn_at,
        differing.changed_at as replaced_at,
        landed.load_id
    from raw.{table} as landed
    inner join differing on landed.{key_column} = differing.key
),

merged as (
    insert into raw.{table} as landed (
        {key_column}, payload, first_landed_at, changed_at, load_id
    )
    select
        key,
        payload,
        changed_at as first_landed_at,
        changed_at,
        load_id
    from differing
    order by key
    on conflict ({key_column}) do update
        set
            payload = excluded.payload,
            changed_at = excluded.changed_at,
            withdrawn_at = null,
            load_id = excluded.load_id
    returning changed_at = first_landed_at as is_new
)

select
    count(*) filter (where is_new) as new,
    count(*) filter (where not is_new) as changed
from merged
