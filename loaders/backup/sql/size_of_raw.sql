select coalesce(sum(pg_total_relation_size(class.oid)), 0)::bigint as bytes
from pg_class as class
inner join pg_namespace as namespace on class.relnamespace = namespace.oid
where namespace.nspname = 'raw' and class.relkind = 'r'
