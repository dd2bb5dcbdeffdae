{{ config(severity='warn') }}

-- Runners are missing from these results: their races have no fair A/E and no place returns until
-- the feed has them whole.
with

races as (

    select * from {{ ref('ra_races') }}

)

select
    id,
    date,
    course_name,
    field_size
from races
where is_incomplete
