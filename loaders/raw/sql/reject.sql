insert into raw.rejects (load_id, resource, day, key, reason, payload, rejected_at)
values (
    %(load_id)s, %(resource)s, %(day)s, %(key)s, %(reason)s, %(payload)s, clock_timestamp()
)
