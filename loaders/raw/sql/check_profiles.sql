update raw.horses set checked_at = now()
where horse_id = any(%(keys)s)
