insert into raw.alerts (kind, subject, what, since, look, told_at)
values (%(kind)s, %(subject)s, %(what)s, %(since)s, %(look)s, clock_timestamp())
