select relname::text
from pg_class
where relnamespace = to_regnamespace('raw') and relkind in ('r', 'p', 'v', 'm', 'f')
order by relname
