{{ config(materialized='ephemeral') }}

with

runs as (

    select * from {{ source('racing_api', 'runs') }}

),

steps as (

    select * from {{ source('racing_api', 'run_steps') }}

),

joined as (

    select
        ----------  ids
        steps.run_id,
        steps.step,

        ----------  strings
        runs.kind,
        steps.outcome,
        steps.message,
        runs.outcome as run_outcome,
        runs.log_file,

        ----------  times
        steps.started_at,
        steps.finished_at,
        runs.started_at as run_started_at,
        runs.finished_at as run_finished_at
    from steps
    inner join runs on steps.run_id = runs.run_id

)

select * from joined
