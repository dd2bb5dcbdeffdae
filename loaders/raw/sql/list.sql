-- Races belong to the list that they came in last.
update raw.{table} set
    listed_on = nullif(%(day)s, race_date)
where
    {key_column} = any(%(keys)s)
    and listed_on is distinct from nullif(%(day)s, race_date)
