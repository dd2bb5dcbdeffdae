-- Each table of a schema: whether it tells of the builds themselves, its columns with their types,
-- and the unique keys that PostgreSQL holds, the primary one first.
with keys as (
    select
        index.indrelid,
        index.indisprimary,
        array_agg(attribute.attname::text order by key.place) as columns
    from pg_index as index
    cross join unnest(index.indkey) with ordinality as key (number, place)
    inner join pg_attribute as attribute
        on index.indrelid = attribute.attrelid and key.number = attribute.attnum
    where
        index.indisunique
        and index.indisvalid
        and index.indpred is null
        and index.indexprs is null
        and key.place <= index.indnkeyatts
    group by index.indrelid, index.indexrelid, index.indisprimary
),

columns as (
    select
        attribute.attrelid,
        jsonb_agg(
            jsonb_build_object(
                'name', attribute.attname,
                'type', format_type(attribute.atttypid, attribute.atttypmod),
                'kind', format_type(attribute.atttypid, null),
                'collation', attribute.attcollation::bigint,
                -- PostgreSQL does not say of these whether two are equal.
                'is_compared_as_text',
                type.typcategory = 'G' or type.typname in ('json', '_json', 'xml', '_xml')
            )
            order by attribute.attnum
        ) as columns
    from pg_attribute as attribute
    inner join pg_type as type on attribute.atttypid = type.oid
    where attribute.attnum > 0 and not attribute.attisdropped
    group by attribute.attrelid
)

select
    class.relname as name,
    class.relname in (
        'ra_metadata_tracking', 'build_log', 'builds', 'running_builds',
        'model_definitions', 'model_states', 'model_reads'
    )
    or class.relname like '%%\_\_changes' as is_of_builds,
    coalesce(columns.columns, '[]') as columns,
    coalesce(
        (
            select jsonb_agg(keys.columns order by keys.indisprimary desc, keys.columns asc)
            from keys
            where keys.indrelid = class.oid
        ),
        '[]'
    ) as keys
from pg_class as class
inner join pg_namespace as namespace on class.relnamespace = namespace.oid
left join columns on class.oid = columns.attrelid
where
    namespace.nspname = %(schema)s
    and class.relkind in ('r', 'p', 'v', 'm', 'f')
order by class.relname
