{{ config(severity='warn') }}

-- A country behind the name of a horse that the seed bloodstock_countries has no name for.
with

regions as (

    select * from {{ ref('ra_mst_regions') }}

)

select code
from regions
where name is null
