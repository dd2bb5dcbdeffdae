select pg_terminate_backend(pid)
from pg_stat_activity
where
    pid = %(pid)s
    and backend_start = %(backend_start)s
