-- Who would lose something if the server stopped: not a session that is only open. dbt's are idle
-- between two models; a load holds an advisory lock.
select
    sessions.datname as database,
    coalesce(nullif(sessions.application_name, ''), 'a session') as program,
    sessions.pid as process,
    to_char(sessions.backend_start, 'YYYY-MM-DD HH24:MI OF') as since
from pg_stat_activity as sessions
where
    sessions.backend_type = 'client backend'
    and sessions.pid <> pg_backend_pid()
    and (
        sessions.state = 'active'
        or sessions.backend_xid is not null
        or sessions.application_name = 'dbt'
        or exists (
            select from pg_locks as locks
            where locks.pid = sessions.pid and locks.locktype = 'advisory' and locks.granted
        )
    )
order by sessions.backend_start
limit 1
