-- What stood on the day of the race or later may be what the card said at the off.
delete from raw.{versions}
where
    replaced_at < %(before)s::timestamp at time zone 'Europe/London'
    and (replaced_at at time zone 'Europe/London')::date < race_date
