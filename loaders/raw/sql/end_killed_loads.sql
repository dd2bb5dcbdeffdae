update raw.loads set
    outcome = 'interrupted',
    error = 'It was killed, or its machine stopped.',
    finished_at = coalesce(
        (
            select max(load_days.finished_at) from raw.load_days
            where load_days.load_id = loads.load_id
        ),
        started_at
    )
where outcome = 'running'
