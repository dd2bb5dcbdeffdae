-- What winners took, in seconds and as racing writes it, by course, code and distance; the best
-- with its day, its going and who ran it. A dead heat is one winner.
with races as (
    select * from racing.ra_races
    where course_id = any(%(courses)s) and distance_f is not null
),

winners as (
    select distinct on (races.id)
        races.course_id,
        races.code,
        races.distance_f,
        races.date,
        races.going,
        results.horse_name,
        results.time_seconds
    from racing.ra_race_results as results
    inner join races on results.race_id = races.id
    where results.position = 1 and results.time_seconds is not null
    order by races.id, results.time_seconds, results.horse_id
),

times as (
    select
        course_id,
        code,
        distance_f,
        count(*) as races,
        avg(time_seconds) as average,
        min(time_seconds) as best
    from winners
    group by course_id, code, distance_f
),

fastest as (
    select distinct on (course_id, code, distance_f) *
    from winners
    order by course_id, code, distance_f, time_seconds, date, horse_name
)

select
    times.course_id,
    times.code,
    times.distance_f as distance,
    rtrim(times.distance_f, 'f')::numeric as furlongs,
    times.races,
    round(times.average, 2) as average_seconds,
    trunc(round(times.average, 2) / 60)::text || ':'
    || to_char(mod(round(times.average, 2), 60), 'FM00.00') as average_time,
    times.best as best_seconds,
    trunc(times.best / 60)::text || ':' || to_char(mod(times.best, 60), 'FM00.00') as best_time,
    fastest.date as best_day,
    fastest.going as best_going,
    fastest.horse_name as best_horse
from times
inner join fastest
    on
        times.course_id = fastest.course_id
        and times.code is not distinct from fastest.code
        and times.distance_f = fastest.distance_f
order by times.course_id, times.code, furlongs
