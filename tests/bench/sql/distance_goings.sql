select
    '{kind}' as entity_type,
    {kind}_id as entity_id,
    furlongs,
    going,
    case when grouping(code) = 1 then 'all' else code end as scope,
    count(*) as runs,
    count(*) filter (where is_win) as wins
from runs
where {kind}_id is not null and furlongs is not null and going is not null
group by grouping sets (({kind}_id, furlongs, going, code), ({kind}_id, furlongs, going))
having grouping(code) = 1 or code is not null
