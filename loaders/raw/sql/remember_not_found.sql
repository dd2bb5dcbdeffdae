insert into raw.not_found (resource, key, load_id, checked_at)
values (%(resource)s, %(key)s, %(load_id)s, clock_timestamp())
on conflict (resource, key) do update set
    load_id = excluded.load_id, checked_at = excluded.checked_at
