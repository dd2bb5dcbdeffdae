select max(day) as day
from raw.load_days
where
    resource = %(resource)s
    and complete
    and day <= %(today)s
