select count(distinct resource) = 2 as has_reference
from raw.load_days
where resource in ('regions', 'courses') and complete
