-- The newest daily and weekly runs, and the steps of each that were not well.
select
    (metadata ->> 'run_started_at')::timestamptz as began_at,
    operation as kind,
    metadata ->> 'run_outcome' as outcome,
    round(
        extract(
            epoch from
            (metadata ->> 'run_finished_at')::timestamptz
            - (metadata ->> 'run_started_at')::timestamptz
        ),
        1
    ) as seconds,
    count(*) as steps,
    string_agg(table_name, ', ' order by created_at) filter (where status <> 'success') as not_well,
    metadata ->> 'log_file' as log_file
from racing.ra_metadata_tracking
where operation in ('daily', 'weekly')
group by
    metadata ->> 'run_id',
    operation,
    metadata ->> 'run_started_at',
    metadata ->> 'run_finished_at',
    metadata ->> 'run_outcome',
    metadata ->> 'log_file'
order by began_at desc
limit 100
