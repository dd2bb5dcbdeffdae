{{ config(
    unique_key='course_id',
    pre_hook="{{ take_up_units(['select true as whole']) }}",
) }}

with

source as (

    {{ raw_as_of('courses', ['payload', 'first_landed_at', 'changed_at']) }}

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

)

select * from renamed
