-- What the tables take (bytes), without their indexes, which are made anew: as PostgreSQL counted
-- it last. To count it now would wait for whoever has locked one.
select
    coalesce(sum(main.relpages + coalesce(toast.relpages, 0)), 0)
    * current_setting('block_size')::bigint
from pg_class as main
left join pg_class as toast on main.reltoastrelid = toast.oid
where main.relnamespace = to_regnamespace('raw') and main.relkind in ('r', 'm')
