-- The races of a day: those of a meeting one after another, meetings by their first race.
select
    races.id,
    races.course_name,
    races.region,
    races.off_time,
    races.off_dt,
    races.race_name,
    coalesce(races.distance_round, races.distance, races.distance_f) as distance,
    races.type,
    races.going,
    races.race_class,
    races.pattern,
    races.age_band,
    races.rating_band,
    races.prize,
    races.prize_currency,
    races.is_abandoned,
    races.is_void,
    races.has_result,
    min(races.off_dt) over meeting as first_off
from racing.ra_races as races
where races.date = %(day)s
window meeting as (partition by races.course_id, races.course_name)
order by first_off asc nulls last, races.course_name asc, races.off_dt asc nulls last, races.id asc
