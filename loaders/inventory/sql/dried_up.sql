-- A sentence for each field that the feed has stopped sending, as the last build saw it.
select told
from racing_staging.int_feed_changes
where is_dried_up
order by changed_on desc, told asc
