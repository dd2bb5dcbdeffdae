select
    '{kind}' as entity_type,
    {kind}_id as entity_id,
    furlongs,
    case when grouping(code) = 1 then 'all' else code end as scope,
    min(runs.seconds) as best_time,
    avg(runs.seconds) as average_time,
    arg_max(runs.seconds, (race_date, off_dt, race_id)) as last_time,
    {measures}
from runs
where {kind}_id is not null and furlongs is not null
group by grouping sets (({kind}_id, furlongs, code), ({kind}_id, furlongs))
having grouping(code) = 1 or code is not null
