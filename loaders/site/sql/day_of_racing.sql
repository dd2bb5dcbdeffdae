-- The day to show: this one if it has races, else the next one that has cards, else the last one.
select
    coalesce(
        min(date) filter (where date = %(today)s),
        min(date) filter (where date > %(today)s and has_card),
        max(date)
    ) as day
from racing.ra_races
