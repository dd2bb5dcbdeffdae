-- A payload that has landed before is never written or compressed again. The parameters are sent in
-- binary: text ones would be quoted.
with received as (
    select
        key,
        payload::jsonb as payload
    from unnest(%(keys)b::text[], %(payloads)b::text[]) as sent (key, payload)
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
        %(load_id)s as load_id
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
    returning changed_at = first_landed_at as is_new
)

select
    count(*) filter (where is_new) as new,
    count(*) filter (where not is_new) as changed
from merged
