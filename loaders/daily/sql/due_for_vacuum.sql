-- A tenth, and not so few that it makes no difference.
select
    stats.schemaname::text as schema_name,
    stats.relname::text as table_name
from pg_stat_user_tables as stats
inner join pg_class as class on stats.relid = class.oid
where
    stats.schemaname = any(%(schemas)s)
    and pg_has_role(class.relowner, 'usage')
    and (
        greatest(stats.n_dead_tup, stats.n_mod_since_analyze) > 1000 + stats.n_live_tup / 10
        or (
            stats.n_live_tup > 0
            and coalesce(stats.last_analyze, stats.last_autoanalyze) is null
        )
    )
order by stats.schemaname, stats.relname
