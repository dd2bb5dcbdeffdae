-- The first of each kind and code by the A/E that is to be believed of them. Of several of one name
-- each is told by its id, too.
select
    entity_type,
    coalesce(query_filters ->> 'code', 'All') as code,
    leader_rank,
    case
        when count(*) over (partition by entity_type, query_filters, name) > 1
            then name || ' (' || entity_id || ')'
        else name
    end as name,
    total_runs,
    wins,
    ae_index,
    ae_low,
    ae_high,
    ae_fair,
    ae_fair_low,
    ae_fair_high,
    ae_shrunk,
    archie,
    prb,
    profit_loss_1u,
    profit_loss_bsp
from racing.ra_leaders
where breakdown = 'overall' and leader_rank <= %(first)s
order by entity_type, code, leader_rank
