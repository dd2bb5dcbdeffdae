-- The courses with the most races, the first of which comes first, with a name that no other has.
with races as (
    select
        course_id,
        count(*) as races,
        count(*) filter (where code = 'Flat') as flat_races,
        count(*) filter (where code = 'NH') as jumps_races,
        sum(field_size) as runs,
        min(date) as first_day,
        max(date) as last_day
    from racing.ra_races
    where has_result and course_id is not null
    group by course_id
)

select
    courses.id,
    case
        when count(*) over (partition by courses.name) > 1
            then courses.name || ', ' || coalesce(courses.region_code, courses.id)
        else courses.name
    end as course,
    courses.region_code,
    races.races,
    races.flat_races,
    races.jumps_races,
    races.runs,
    races.first_day,
    races.last_day
from races
inner join racing.ra_mst_courses as courses on races.course_id = courses.id
order by races.races desc, courses.id asc
limit %(first)s
