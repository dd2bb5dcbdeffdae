update raw.runs set outcome = 'interrupted'
where outcome = 'running'
