-- Runs of some courses by distance and going, whatever the code.
select
    course_id,
    distance_f as distance,
    rtrim(distance_f, 'f')::numeric as furlongs,
    coalesce(going, 'not known') as going,
    sum(field_size) as runs
from racing.ra_races
where has_result and course_id = any(%(courses)s) and distance_f is not null
group by course_id, distance_f, going
order by course_id, furlongs, going
