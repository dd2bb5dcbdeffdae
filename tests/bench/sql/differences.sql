select
    subject,
    count(*) as groups,
    count(*) filter (where
        (warehouse.runs, warehouse.wins, warehouse.expected, warehouse.ae)
        is distinct from (rival.runs, rival.wins, rival.expected, rival.ae)
    ) as differing
from warehouse
full join rival using (subject, key)
group by subject
