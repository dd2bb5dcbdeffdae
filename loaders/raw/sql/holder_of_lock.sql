-- When another user's session began is hidden from most.
select
    concat_ws(
        ', ',
        nullif(sessions.application_name, ''),
        'user ' || sessions.usename,
        'server process ' || sessions.pid,
        'since ' || to_char(sessions.backend_start, 'YYYY-MM-DD HH24:MI OF')
    ) as holder
from pg_locks as locks
inner join pg_stat_activity as sessions on locks.pid = sessions.pid
inner join pg_database as databases on locks.database = databases.oid
where
    locks.locktype = 'advisory'
    and locks.granted
    and locks.objsubid = 2
    and locks.classid = %(space)s::oid
    and locks.objid = %(name)s::oid
    and databases.datname = current_database()
