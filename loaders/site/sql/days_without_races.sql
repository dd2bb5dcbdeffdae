-- Stretches of days without races in the year before a day, the newest first; none from before the
-- first day that has some.
with days as (
    select
        races.date,
        lag(races.date) over (order by races.date) as before
    from (
        select date from racing.ra_races
        where date > %(today)s::date - 366 and date <= %(today)s::date
        union
        select %(today)s::date + 1
    ) as races
)

select
    before + 1 as first_day,
    date - 1 as last_day,
    date - before - 1 as days
from days
where date - before > 1
order by before desc
