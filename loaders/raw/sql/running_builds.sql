select
    invocation_id,
    to_char(began_at, 'YYYY-MM-DD HH24:MI:SS OF') as since,
    is_seen,
    killed_after
from {staging}.running_builds
order by began_at
