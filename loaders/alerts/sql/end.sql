update raw.alerts set
    ended_at = clock_timestamp()
where kind = %(kind)s and subject = %(subject)s and ended_at is null
