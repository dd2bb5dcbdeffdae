update raw.{table} set withdrawn_at = statement_timestamp()
where {key_column} = any(%(keys)s) and withdrawn_at is null
