-- How full each column was that the feed sends, month by month: columns that it has stopped filling
-- first, then the fullest. A month is dry from when that began.
with fields as (
    select
        table_name,
        column_name,
        sum(filled)::numeric / sum(eligible) as share
    from racing.ra_feed_population
    group by table_name, column_name
)

select
    months.table_name,
    months.column_name,
    to_char(months.month, 'YYYY-MM') as month,
    months.share,
    months.eligible,
    coalesce(
        months.month >= date_trunc('month', changes.changed_on)
        and months.share <= changes.share_before / 2,
        false
    ) as is_dry
from racing.ra_feed_population as months
inner join fields
    on months.table_name = fields.table_name and months.column_name = fields.column_name
left join racing.ra_feed_changes as changes
    on months.table_name = changes.table_name and months.column_name = changes.column_name
order by
    months.table_name asc,
    changes.changed_on desc nulls last,
    fields.share desc,
    months.column_name asc,
    months.month asc
