{{ config(
    unique_key='race_id',
    indexes=[
        {'columns': ['race_id'], 'unique': true},
    ],
    meta={
        'changes': {
            'stg_racing_api__courses': none,
            'stg_racing_api__racecards': none,
            'stg_racing_api__results': none,
            'int_courses': {'columns': ['course_name']},
            'stg_racing_api__regions': none,
        },
    },
) }}

with

listed_courses as (

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

courses as (

    select * from {{ ref('int_courses') }}

),

regions as (

    select * from {{ ref('stg_racing_api__regions') }}

),

stated as (

    select
        coalesce(results.race_id, racecards.race_id) as race_id,
        coalesce(results.course_id, racecards.course_id) as course_id,
        coalesce(results.region, racecards.region) as region,
        coalesce(results.course_name, racecards.course_name) as course_name
    from results
    full outer join racecards on results.race_id = racecards.race_id

),

races as (

    select
        race_id,
        course_id,
        region,
        {{ course_without_country('course_name') }} as course_name,
        {{ course_key('course_name') }} as course_key
    from stated

),

named as (

    select
        region_code as region,
        {{ course_key('course_name') }} as course_key,
        course_id as listed_id,
        null as seen_id
    from listed_courses

    union all

    select
        region,
        course_key,
        null as listed_id,
        course_id as seen_id
    from races
    where course_id is not null

),

-- The list of courses goes before other races. A name that two courses have in one region is
-- neither's.
names as (

    select
        region,
        course_key,
        case
            when count(distinct listed_id) = 1 then min(listed_id)
            when count(listed_id) = 0 and count(distinct seen_id) = 1 then min(seen_id)
        end as course_id
    from named
    group by region, course_key

),

found as (

    select
        races.race_id,
        coalesce(races.course_id, names.course_id) as course_id,
        races.course_name
    from races
    left join names
        on
            races.course_id is null
            and races.region = names.region
            and races.course_key = names.course_key

),

final as (

    select
        found.race_id,
        found.course_id,
        coalesce(courses.course_name, found.course_name) as course_name
    from found
    left join courses on found.course_id = courses.course_id

)

select * from final
