select
    '{kind}' as entity_type,
    {kind}_id as entity_id,
    course_id,
    case when grouping(code) = 1 then 'all' else code end as scope,
    {measures}
from runs
where {kind}_id is not null and course_id is not null
group by grouping sets (({kind}_id, course_id, code), ({kind}_id, course_id))
having grouping(code) = 1 or code is not null
