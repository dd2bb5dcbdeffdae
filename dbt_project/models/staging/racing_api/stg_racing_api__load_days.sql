{{ config(materialized='ephemeral') }}

with

loads as (

    select * from {{ source('racing_api', 'loads') }}

),

load_days as (

    select * from {{ source('racing_api', 'load_days') }}

),

joined as (

    select
        ----------  ids
        load_days.load_id,
        load_days.resource,

        ----------  strings
        loads.outcome as load_outcome,
        loads.error as load_error,
        loads.base_url,
        loads.regions,
        load_days.error,

        ----------  numerics
        load_days.pages,
        load_days.objects_received,
        load_days.objects_new,
        load_days.objects_changed,
        load_days.objects_unchanged,
        load_days.objects_rejected,
        load_days.objects_repeated,
        load_days.failed_requests,

        ----------  booleans
        load_days.complete,

        ----------  times
        load_days.day,
        loads.date_from,
        loads.date_to,
        load_days.started_at,
        load_days.finished_at
    from load_days
    inner join loads on load_days.load_id = loads.load_id

)

select * from joined
