{{ config(materialized='view') }}

with

loads as (

    select * from {{ ref('stg_racing_api__loads') }}

),

load_days as (

    select * from {{ ref('stg_racing_api__load_days') }}

),

build_log as (

    select * from {{ ref('stg_studbook__build_log') }}

),

run_steps as (

    select * from {{ ref('stg_racing_api__run_steps') }}

),

loaded as (

    select
        load_id,
        resource,
        count(*) as logged,
        count(*) filter (where complete) as complete,
        max(finished_at) filter (where complete) as last_complete_at,
        count(day) as days,
        min(day) as first_day,
        max(day) as last_day,
        sum(pages) as pages,
        sum(objects_received) as received,
        sum(objects_new) as added,
        sum(objects_changed) as changed,
        sum(objects_unchanged) as unchanged,
        sum(objects_rejected) as rejected,
        sum(objects_repeated) as repeated,
        sum(objects_withdrawn) as withdrawn,
        sum(failed_requests) as failed_requests,
        string_agg(distinct error, '; ') as error,
        min(started_at) as started_at,
        max(coalesce(finished_at, started_at)) as finished_at,
        row_number() over (partition by load_id order by max(started_at) desc) = 1 as was_last
    from load_days
    group by load_id, resource

),

-- A load that did not come to its end broke off in the last resource that it reached.
load_operations as (

    select
        {{ row_id([['load', 'loads.load_id::text'], ['resource', 'loads.resource']]) }} as id,
        'raw.' || loads.resource as table_name,
        'load' as operation,
        coalesce(loaded.received, 0) as records_processed,
        coalesce(loaded.added, 0) as records_inserted,
        coalesce(loaded.changed, 0) as records_updated,
        coalesce(loaded.unchanged, 0) as records_skipped,
        case
            when loaded.logged is null and loads.outcome in ('success', 'partial') then 'success'
            when coalesce(loaded.complete, 0) = 0 then 'failed'
            when loaded.was_last and loads.outcome not in ('success', 'partial') then 'partial'
            when loaded.complete < loaded.logged or loaded.rejected > 0 then 'partial'
            else 'success'
        end as status,
        coalesce(loaded.error, loads.error) as error_message,
        jsonb_build_object(
            'load_id', loads.load_id,
            'load_outcome', loads.outcome,
            'base_url', loads.base_url,
            'regions', loads.regions,
            'date_from', loads.date_from,
            'date_to', loads.date_to,
            'first_day', loaded.first_day,
            'last_day', loaded.last_day,
            'days', loaded.days,
            'days_complete', case when loaded.days > 0 then loaded.complete end,
            'last_complete_at', loaded.last_complete_at,
            'pages', loaded.pages,
            'objects_rejected', loaded.rejected,
            'objects_repeated', loaded.repeated,
            'objects_withdrawn', loaded.withdrawn,
            'failed_requests', loaded.failed_requests
        ) as metadata,
        coalesce(loaded.started_at, loads.started_at) as created_at,
        coalesce(loaded.finished_at, loads.finished_at, loads.started_at) as updated_at
    from loads
    left join loaded
        on loads.load_id = loaded.load_id and loads.resource = loaded.resource
    where loaded.logged is not null or loads.outcome != 'running'

),

builds as (

    select
        {{ row_id([['build', 'invocation_id'], ['table', 'table_name']]) }} as id,
        table_name,
        'build' as operation,
        rows_written as records_processed,
        rows_written as records_inserted,
        0 as records_updated,
        0 as records_skipped,
        status,
        message as error_message,
        jsonb_build_object(
            'invocation_id', invocation_id,
            'execution_seconds', execution_seconds,
            'message', message
        ) as metadata,
        started_at as created_at,
        finished_at as updated_at
    from build_log

),

-- A step that was passed over did nothing.
steps as (

    select
        {{ row_id([['run', 'run_id::text'], ['step', 'step']]) }} as id,
        step as table_name,
        kind as operation,
        null::bigint as records_processed,
        null::bigint as records_inserted,
        null::bigint as records_updated,
        null::bigint as records_skipped,
        case when outcome = 'interrupted' then 'failed' else outcome end as status,
        message as error_message,
        jsonb_build_object(
            'run_id', run_id,
            'run_outcome', run_outcome,
            'run_started_at', run_started_at,
            'run_finished_at', run_finished_at,
            'outcome', outcome,
            'execution_seconds', round(extract(epoch from finished_at - started_at)::numeric, 3),
            'message', message,
            'log_file', log_file
        ) as metadata,
        started_at as created_at,
        coalesce(finished_at, started_at) as updated_at
    from run_steps
    where outcome not in ('running', 'passed over')

),

operations as (

    select * from load_operations

    union all

    select * from builds

    union all

    select * from steps

),

final as (

    select
        id,
        table_name,
        operation,
        records_processed::integer as records_processed,
        records_inserted::integer as records_inserted,
        records_updated::integer as records_updated,
        records_skipped::integer as records_skipped,
        status,
        case when status != 'success' then error_message end as error_message,
        metadata,
        created_at,
        updated_at
    from operations

)

select * from final
