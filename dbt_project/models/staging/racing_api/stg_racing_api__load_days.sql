{{ config(materialized='ephemeral') }}

with

source as (

    select * from {{ source('racing_api', 'load_days') }}

),

renamed as (

    select
        ----------  ids
        load_id,
        resource,

        ----------  strings
        error,

        ----------  numerics
        pages,
        objects_received,
        objects_new,
        objects_changed,
        objects_unchanged,
        objects_rejected,
        objects_repeated,
        objects_withdrawn,
        failed_requests,
        races,
        horses,
        prices,
        bookmakers,

        ----------  booleans
        complete,

        ----------  dates
        day,

        ----------  times
        started_at,
        finished_at
    from source

)

select * from renamed
