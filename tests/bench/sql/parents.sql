select
    '{kind}' as kind,
    {kind}_id as id,
    'overall' as breakdown,
    null as part,
    count(distinct horse_id) as progeny,
    count(distinct horse_id) filter (where is_win) as progeny_winners,
    {measures}
from runs
where {kind}_id is not null
group by {kind}_id
union all by name
select
    '{kind}' as kind,
    {kind}_id as id,
    'class' as breakdown,
    class as part,
    {measures}
from runs
where {kind}_id is not null and class is not null
group by {kind}_id, class
union all by name
select
    '{kind}' as kind,
    {kind}_id as id,
    'distance' as breakdown,
    shown(furlongs) as part,
    {measures}
from runs
where {kind}_id is not null and furlongs is not null
group by {kind}_id, furlongs
