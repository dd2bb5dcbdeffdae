{{ config(materialized='table') }}

with

regions as (

    select * from {{ ref('stg_racing_api__regions') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

countries as (

    select * from {{ ref('bloodstock_countries') }}
    where suffix = code

),

-- Horses are bred in more countries than race.
bred as (

    select
        region,
        first_landed_at
    from horses
    where region is not null

    union all

    select
        region,
        first_landed_at
    from entities
    where region is not null

),

seen as (

    select
        region as code,
        min(first_landed_at) as first_landed_at
    from bred
    group by region

),

final as (

    select
        coalesce(regions.region_code, seen.code) as code,
        coalesce(regions.region, countries.country) as name,
        coalesce(regions.first_landed_at, seen.first_landed_at) as created_at,
        regions.region_code is not null as is_racing_region
    from regions
    full outer join seen on regions.region_code = seen.code
    left join countries on seen.code = countries.code

)

select * from final
