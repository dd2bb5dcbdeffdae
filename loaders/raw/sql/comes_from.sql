update raw.loads set simulated_world = %(world)s
where load_id = %(load_id)s
