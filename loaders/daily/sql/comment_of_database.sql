select shobj_description(oid, 'pg_database') as comment
from pg_database
where datname = %(name)s
