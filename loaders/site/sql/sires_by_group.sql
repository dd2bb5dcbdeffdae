-- The sires with the most runs, in each code by class and distance; whoever has no distance of its
-- own has neither. The sire with the most comes first; a class without a number stands last.
with sires as (
    select
        entity_id,
        total_runs,
        case
            when count(*) over (partition by name) > 1 then name || ' (' || entity_id || ')'
            else name
        end as sire
    from racing.ra_leaders as overall
    where
        entity_type = 'sire'
        and breakdown = 'overall'
        and query_filters ->> 'code' is null
        and exists (
            select from racing.ra_leaders as distances
            where
                distances.entity_id = overall.entity_id
                and distances.breakdown = 'distance'
                and distances.query_filters ->> 'code' is not null
        )
    order by total_runs desc, entity_id asc
    limit %(first)s
)

select
    sires.sire,
    leaders.breakdown,
    leaders.group_name,
    leaders.query_filters ->> 'code' as racing_code,
    concat_ws(' ', leaders.group_name, leaders.query_filters ->> 'code') as label,
    case
        when leaders.breakdown = 'distance' then rtrim(leaders.group_name, 'f')::numeric
        else substring(leaders.group_name from '\d')::numeric
    end as place,
    leaders.leader_rank,
    leaders.total_runs,
    leaders.wins,
    leaders.ae_index,
    leaders.ae_fair,
    leaders.ae_fair_low,
    leaders.ae_fair_high,
    leaders.ae_shrunk,
    leaders.archie,
    leaders.prb,
    leaders.profit_loss_1u,
    leaders.profit_loss_bsp
from racing.ra_leaders as leaders
inner join sires on leaders.entity_id = sires.entity_id
where leaders.breakdown in ('class', 'distance') and leaders.query_filters ->> 'code' is not null
order by
    sires.total_runs desc,
    sires.sire asc,
    leaders.breakdown asc,
    place asc nulls last,
    racing_code asc
