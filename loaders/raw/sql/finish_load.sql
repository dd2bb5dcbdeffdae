update raw.loads set
    finished_at = clock_timestamp(),
    outcome = %(outcome)s,
    error = %(error)s
where load_id = %(load_id)s
