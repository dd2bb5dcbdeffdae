{{ config(materialized='ephemeral') }}

with

source as (

    select * from {{ source('studbook', 'build_log') }}

),

renamed as (

    select
        ----------  ids
        invocation_id,
        table_name,

        ----------  strings
        status,
        message,

        ----------  numerics
        rows_written,
        execution_seconds,

        ----------  times
        started_at,
        finished_at
    from source

)

select * from renamed
