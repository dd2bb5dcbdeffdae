insert into raw.run_steps (run_id, step, started_at, outcome)
values (%(run_id)s, %(step)s, clock_timestamp(), 'running')
