select 'lz4' = any(enumvals)
from pg_settings
where name = 'default_toast_compression'
