select set_config('default_toast_compression', 'lz4', false)
from pg_settings
where name = 'default_toast_compression' and 'lz4' = any(enumvals)
