-- Every day of the year up to the last day that has races, from the first one that has some: how
-- many races it has, and how many of them a result. A day that is over and has cards but not half
-- of their results is late; today may wait for its cards.
with counted as (
    select
        date,
        count(*) as races,
        count(*) filter (where has_result) as results,
        count(*) filter (where not coalesce(is_abandoned, false) and not coalesce(is_void, false))
            as expected
    from racing.ra_races
    where date > %(today)s::date - 371
    group by date
),

days as (
    select day::date as day
    from generate_series(
        greatest(
            date_trunc('week', %(today)s::date - interval '52 weeks'),
            (select coalesce(min(date), %(today)s::date) from racing.ra_races)
        ),
        (select greatest(max(counted.date), %(today)s::date) from counted),
        interval '1 day'
    ) as series (day)
)

select
    days.day,
    date_trunc('week', days.day)::date as week,
    extract(isodow from days.day)::integer as weekday,
    coalesce(counted.races, 0) as races,
    coalesce(counted.results, 0) as results,
    case
        when counted.races is null and days.day >= %(today)s then 'to come'
        when counted.races is null then 'no races'
        when days.day >= %(today)s then 'races'
        when 2 * counted.results < counted.expected then 'results missing'
        else 'races'
    end as state
from days
left join counted on days.day = counted.date
order by days.day asc
