-- About how many rows each table of a schema holds, as PostgreSQL knows without reading it; of one
-- that was never analyzed as many as have room in it.
select
    relname,
    case
        when reltuples >= 0 then reltuples::bigint
        else pg_relation_size(oid) / 100
    end as rows_held
from pg_class
where relnamespace = to_regnamespace(%(schema)s) and relkind in ('r', 'p', 'm')
