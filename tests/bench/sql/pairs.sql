select
    '{first}' as entity1_type,
    {first}_id as entity1_id,
    '{second}' as entity2_type,
    {second}_id as entity2_id,
    case when grouping(code) = 1 then 'all' else code end as scope,
    {measures}
from runs
where {first}_id is not null and {second}_id is not null
group by grouping sets (({first}_id, {second}_id, code), ({first}_id, {second}_id))
having grouping(code) = 1 or code is not null
