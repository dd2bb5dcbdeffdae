-- The line that landing a batch has written; none when it was rolled back.
select to_jsonb(load_days) as line
from raw.load_days
where
    load_id = %(load_id)s
    and resource = %(resource)s
    and day is not distinct from %(day)s
    and objects_received = %(objects_received)s
    and pages = %(pages)s
    and complete = %(complete)s
