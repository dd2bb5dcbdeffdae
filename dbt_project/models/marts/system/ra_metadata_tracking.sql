{{ config(materialized='view') }}

with

load_days as (

    select * from {{ ref('stg_racing_api__load_days') }}

),

build_log as (

    select * from {{ ref('stg_studbook__build_log') }}

),

loads as (

    select
        {{ row_id([['load', 'load_id::text'], ['resource', 'resource']]) }} as id,
        'raw.' || resource as table_name,
        'load' as operation,
        sum(objects_received) as records_processed,
        sum(objects_new) as records_inserted,
        sum(objects_changed) as records_updated,
        sum(objects_unchanged) as records_skipped,
        case
            when not bool_or(complete) then 'failed'
            when max(load_outcome) = 'running' then 'partial'
            when bool_and(complete) and sum(coalesce(objects_rejected, 0)) = 0 then 'success'
            else 'partial'
        end as status,
        coalesce(
            string_agg(distinct error, '; '),
            case when not bool_and(complete) then max(load_error) end
        ) as error_message,
        jsonb_build_object(
            'load_id', load_id,
            'base_url', max(base_url),
            'load_outcome', max(load_outcome),
            'first_day', min(day),
            'last_day', max(day),
            'days', count(day),
            'days_complete', count(day) filter (where complete),
            'pages', sum(pages),
            'objects_rejected', sum(objects_rejected),
            'objects_repeated', sum(objects_repeated),
            'failed_requests', sum(failed_requests)
        ) as metadata,
        min(started_at) as created_at,
        max(coalesce(finished_at, started_at)) as updated_at
    from load_days
    group by load_id, resource

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
        case when status = 'failed' then message end as error_message,
        jsonb_build_object(
            'invocation_id', invocation_id,
            'execution_seconds', execution_seconds,
            'message', message
        ) as metadata,
        started_at as created_at,
        finished_at as updated_at
    from build_log

),

operations as (

    select * from loads

    union all

    select * from builds

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
        error_message,
        metadata,
        created_at,
        updated_at
    from operations

)

select * from final
