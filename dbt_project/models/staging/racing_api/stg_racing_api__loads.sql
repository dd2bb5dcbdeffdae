{{ config(materialized='ephemeral') }}

with

source as (

    select * from {{ source('racing_api', 'loads') }}

),

renamed as (

    select
        ----------  ids
        source.load_id,
        resource.name as resource,

        ----------  strings
        source.outcome,
        source.error,
        source.base_url,
        source.regions,

        ----------  dates
        source.date_from,
        source.date_to,

        ----------  times
        source.started_at,
        source.finished_at
    from source
    cross join unnest(source.resources) as resource (name)

)

select * from renamed
