-- How full each column was that the feed sends, month by month: columns that it has stopped filling
-- first, then the fullest. A month without a value after one that had some is a dry one.
with months as (
    select
        table_name,
        column_name,
        month,
        share,
        eligible,
        filled = 0 and max(filled) over (
            partition by table_name, column_name order by month
        ) > 0 as is_dry
    from racing.ra_feed_population
),

fields as (
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
    months.is_dry
from months
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
