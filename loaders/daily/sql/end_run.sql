update raw.runs set
    finished_at = clock_timestamp(),
    outcome = %(outcome)s
where run_id = %(run_id)s
