-- What the database has in all, and its four largest tables: a build makes four at a time.
select
    pg_database_size(current_database()) as has,
    (
        select coalesce(sum(size), 0)::bigint
        from (
            select pg_total_relation_size(oid) as size
            from pg_class
            where relkind = 'r'
            order by pg_total_relation_size(oid) desc
            limit 4
        ) as largest
    ) as needed
