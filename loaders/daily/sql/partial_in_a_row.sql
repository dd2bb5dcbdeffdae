select count(*) filter (where outcome = 'partial') = %(runs)s as is_partial_again
from (
    select outcome
    from raw.run_steps
    where step = %(step)s
    order by run_id desc
    limit %(runs)s
) as newest
