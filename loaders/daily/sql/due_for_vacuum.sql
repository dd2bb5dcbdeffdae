-- A tenth, and not so few that it makes no difference.
select
    schemaname::text as schema_name,
    relname::text as table_name
from pg_stat_user_tables
where
    schemaname = any(%(schemas)s)
    and (
        greatest(n_dead_tup, n_mod_since_analyze) > 1000 + n_live_tup / 10
        or (n_live_tup > 0 and coalesce(last_analyze, last_autoanalyze) is null)
    )
order by schemaname, relname
