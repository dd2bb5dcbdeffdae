with

source as (

    select * from {{ source('racing_api', 'courses') }}

),

renamed as (

    select
        ----------  ids
        {{ api_text("payload ->> 'id'") }} as course_id,

        ----------  strings
        {{ api_text("payload ->> 'course'") }} as course_name,
        upper({{ api_text("payload ->> 'region_code'") }}) as region_code,
        {{ api_text("payload ->> 'region'") }} as region,

        ----------  times
        first_landed_at,
        changed_at
    from source
    where withdrawn_at is null

)

select * from renamed
