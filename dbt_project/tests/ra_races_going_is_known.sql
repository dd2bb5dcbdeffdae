{{ config(severity='warn') }}

-- A going that the seed lacks would belong to no group and vanish from every breakdown by going.
select
    races.going,
    count(*) as races
from {{ ref('ra_races') }} as races
left join {{ ref('going_groups') }} as going_groups
    on lower(races.going) = lower(going_groups.spelling)
where races.going is not null and going_groups.going is null
group by races.going
