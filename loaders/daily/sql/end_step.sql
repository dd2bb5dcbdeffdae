insert into raw.run_steps (run_id, step, started_at, finished_at, outcome, message)
values (
    %(run_id)s, %(step)s, clock_timestamp(), clock_timestamp(), %(outcome)s, %(message)s
)
on conflict (run_id, step) do update set
    finished_at = excluded.finished_at,
    outcome = excluded.outcome,
    message = excluded.message
