-- How many there are of each kind in each code, and how far their true A/Es lie apart.
select
    entity_type,
    breakdown,
    coalesce(query_filters ->> 'code', 'All') as code,
    count(*) as ranked,
    max(ae_spread) as ae_spread
from racing.ra_leaders
group by entity_type, breakdown, query_filters
