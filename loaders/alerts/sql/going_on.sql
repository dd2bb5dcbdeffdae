select
    kind,
    subject,
    what,
    since,
    look
from raw.alerts
where ended_at is null
order by alert_id
