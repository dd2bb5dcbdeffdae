update raw.{table} set withdrawn_at = now()
where {key_column} = any(%(keys)s) and withdrawn_at is null
