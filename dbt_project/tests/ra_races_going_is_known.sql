{{ config(severity='warn') }}

-- A going that the seed lacks would belong to no group and vanish from every breakdown by going.
with

races as (

    select * from {{ ref('ra_races') }}

),

going_groups as (

    select * from {{ ref('going_groups') }}

)

select
    races.going,
    count(*) as races
from races
left join going_groups on lower(races.going) = lower(going_groups.spelling)
where races.going is not null and going_groups.going is null
group by races.going
