{{ config(materialized='ephemeral') }}

with

source as (

    select * from {{ source('studbook', 'build_log') }}

)

select * from source
