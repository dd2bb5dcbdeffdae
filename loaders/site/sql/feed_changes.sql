-- The columns that the feed has stopped filling, the newest first.
select
    told,
    changed_on
from racing.ra_feed_changes
order by changed_on desc, told asc
