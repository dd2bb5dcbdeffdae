select
    entity_type || ' and ' || breakdown as pair,
    coalesce(query_filters ->> 'code', 'All') as code,
    leader_rank,
    name,
    partner_name,
    total_runs,
    wins,
    ae_index,
    ae_fair,
    ae_fair_low,
    ae_fair_high,
    ae_shrunk,
    archie,
    prb,
    profit_loss_1u,
    profit_loss_bsp
from racing.ra_leaders
where breakdown not in ('overall', 'class', 'distance') and leader_rank <= %(first)s
order by pair, code, leader_rank
