update raw.runs set outcome = 'interrupted'
where outcome = 'running'
returning kind, started_at, log_file
