update raw.run_steps set
    outcome = 'interrupted',
    message = 'It was killed, or its machine stopped.'
where outcome = 'running'
