-- The columns of each table of a schema.
select
    class.relname,
    array_agg(attribute.attname::text) as columns
from pg_class as class
inner join pg_attribute as attribute on class.oid = attribute.attrelid
where
    class.relnamespace = to_regnamespace(%(schema)s)
    and class.relkind in ('r', 'p', 'v', 'm', 'f')
    and attribute.attnum > 0
    and not attribute.attisdropped
group by class.relname
