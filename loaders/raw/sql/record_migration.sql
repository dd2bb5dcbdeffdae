insert into raw.migrations (number, name, applied_at)
values (%(number)s, %(name)s, clock_timestamp())
