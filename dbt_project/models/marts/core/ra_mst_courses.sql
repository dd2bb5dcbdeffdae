{{ config(
    materialized='table',
    meta={'ids_from': 'int_courses', 'ids_column': 'course_id'},
) }}

with

courses as (

    select * from {{ ref('int_courses') }}

),

coordinates as (

    select * from {{ ref('course_coordinates') }}

),

final as (

    select
        courses.course_id as id,
        courses.course_name as name,
        courses.region_code,
        courses.region,
        coordinates.longitude::numeric(9, 6) as longitude,
        coordinates.latitude::numeric(8, 6) as latitude,
        courses.first_landed_at as created_at,
        courses.changed_at as updated_at
    from courses
    left join coordinates
        on
            courses.region_code = coordinates.region_code
            and regexp_replace(courses.course_name, '\s*\((AW|July)\)$', '') = coordinates.course

)

select * from final
