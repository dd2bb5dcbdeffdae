insert into raw.runs (kind, started_at, outcome, log_file)
values (%(kind)s, clock_timestamp(), 'running', %(log_file)s)
returning run_id
