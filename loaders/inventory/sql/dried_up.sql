-- Each field that the feed has stopped sending, as the last build saw it, and a sentence about it.
select
    table_name || '.' || column_name as field,
    changed_on,
    told
from racing_staging.int_feed_changes
where is_dried_up
order by changed_on desc, told asc
