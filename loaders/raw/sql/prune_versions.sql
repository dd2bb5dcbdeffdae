delete from raw.{versions}
where replaced_at < %(before)s::timestamp at time zone 'Europe/London'
