-- As figures_of_warehouse.sql has them.
create or replace table rival as
select
    'venues' as subject,
    concat_ws('|', entity_type, entity_id, course_id, nullif(scope, 'all')) as key,
    runs,
    wins,
    rounded_quotient(expected, 1000000) as expected,
    ae(fair_wins, fair) as ae
from venues

union all

select
    'distances' as subject,
    concat_ws('|', entity_type, entity_id, shown(furlongs), nullif(scope, 'all')) as key,
    runs,
    wins,
    rounded_quotient(expected, 1000000) as expected,
    ae(fair_wins, fair) as ae
from distances

union all

select
    'goings of distances' as subject,
    concat_ws('|', entity_type, entity_id, shown(furlongs), going, nullif(scope, 'all')) as key,
    runs,
    wins,
    null as expected,
    null as ae
from distance_goings

union all

select
    'pairs' as subject,
    concat_ws(
        '|', entity1_type, entity1_id, entity2_type, entity2_id, nullif(scope, 'all')
    ) as key,
    runs,
    wins,
    rounded_quotient(expected, 1000000) as expected,
    ae(fair_wins, fair) as ae
from pairs

union all

select
    'people' as subject,
    concat_ws('|', kind, id) as key,
    runs,
    wins,
    rounded_quotient(expected, 1000000) as expected,
    ae(fair_wins, fair) as ae
from people

union all

select
    'parents' as subject,
    concat_ws('|', kind, id, breakdown, place, part) as key,
    runs,
    wins,
    case when breakdown = 'overall' then rounded_quotient(expected, 1000000) end as expected,
    case when breakdown = 'overall' then ae(fair_wins, fair) else ae(priced_wins, expected) end
        as ae
from (
    select
        *,
        row_number() over (
            partition by kind, id, breakdown
            order by wins desc, ae(priced_wins, expected) desc nulls last, runs desc, part
        ) as place
    from parents
)
where place <= 3;
