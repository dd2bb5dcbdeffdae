-- The schemas of the database that are not PostgreSQL's own.
select nspname
from pg_namespace
where nspname not like 'pg\_%%' and nspname <> 'information_schema'
order by nspname
