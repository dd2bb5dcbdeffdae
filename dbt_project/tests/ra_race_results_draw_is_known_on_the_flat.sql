-- Only races on the flat start from stalls, and which those are is told by ra_races, so that the
-- population test of ra_race_results cannot ask for it.
select
    count(*) as runners,
    count(results.draw) as drawn
from {{ ref('ra_race_results') }} as results
inner join {{ ref('ra_races') }} as races on results.race_id = races.id
where races.code = 'Flat'
having count(results.draw) < 0.9 * count(*)
