-- Races and runs of some courses by code, distance and going.
select
    course_id,
    code,
    distance_f as distance,
    rtrim(distance_f, 'f')::numeric as furlongs,
    coalesce(going, 'not known') as going,
    count(*) as races,
    sum(field_size) as runs
from racing.ra_races
where has_result and course_id = any(%(courses)s) and distance_f is not null
group by course_id, code, distance_f, going
order by course_id, code, furlongs, going
