-- How each third of the stalls did on some courses, over each distance and, before these, over all.
select
    course_id,
    coalesce(distance_display, 'all') as distance,
    coalesce(rtrim(distance_display, 'f')::numeric, 0) as furlongs,
    draw_third,
    array_position(array['low', 'middle', 'high'], draw_third) as place,
    total_races,
    total_runs,
    wins,
    ae_index,
    ae_fair,
    ae_fair_low,
    ae_fair_high,
    prb,
    profit_loss_1u
from racing.ra_performance_by_draw
where course_id = any(%(courses)s)
order by course_id, furlongs, place
