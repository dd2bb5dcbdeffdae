{{ config(
    unique_key='course_id',
    meta={
        'changes': {
            'stg_racing_api__courses': none,
            'stg_racing_api__racecards': none,
            'stg_racing_api__results': none,
            'stg_racing_api__regions': none,
        },
    },
) }}

{% set by_name = bytewise('course_name') ~ ', ' ~ bytewise('region_code') %}
{% set by_source = 'source_rank, seen_on desc, ' ~ by_name %}

with

courses as (

    select * from {{ ref('stg_racing_api__courses') }}
    where {{ is_taken_up() }}

),

racecards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where {{ is_taken_up() }}

),

results as (

    select * from {{ ref('stg_racing_api__results') }}
    where {{ is_taken_up() }}

),

regions as (

    select * from {{ ref('stg_racing_api__regions') }}

),

-- The list of courses knows the name best; a result adds the country to a foreign one.
sightings as (

    select
        course_id,
        course_name,
        region_code,
        region,
        1 as source_rank,
        (changed_at at time zone 'Europe/London')::date as seen_on,
        first_landed_at,
        changed_at
    from courses

    union all

    select
        course_id,
        course_name,
        region as region_code,
        null as region,
        2 as source_rank,
        race_date as seen_on,
        first_landed_at,
        changed_at
    from racecards
    where course_id is not null

    union all

    select
        course_id,
        course_name,
        region as region_code,
        null as region,
        3 as source_rank,
        race_date as seen_on,
        first_landed_at,
        changed_at
    from results
    where course_id is not null

),

named as (

    select
        course_id,
        {{ newest('course_name', by_source) }} as course_name,
        {{ newest('region_code', by_source) }} as region_code,
        {{ newest('region', by_source) }} as region,
        min(first_landed_at) as first_landed_at,
        max(changed_at) as changed_at
    from sightings
    group by course_id

),

final as (

    select
        named.course_id,
        {{ course_without_country('named.course_name') }} as course_name,
        named.region_code,
        coalesce(named.region, regions.region) as region,
        named.first_landed_at,
        named.changed_at
    from named
    left join regions on named.region_code = regions.region_code

)

select * from final
