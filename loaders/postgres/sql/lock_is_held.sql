select count(*) > 0 as is_held
from pg_locks
where
    locktype = 'advisory'
    and objsubid = 2
    and classid = %(space)s::oid
    and objid = %(name)s::oid
