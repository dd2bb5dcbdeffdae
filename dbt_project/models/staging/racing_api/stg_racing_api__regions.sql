with

source as (

    select * from {{ source('racing_api', 'regions') }}

),

renamed as (

    select
        ----------  ids
        upper({{ api_text("payload ->> 'region_code'") }}) as region_code,

        ----------  strings
        {{ api_text("payload ->> 'region'") }} as region,

        ----------  times
        first_landed_at,
        changed_at
    from source
    where withdrawn_at is null

)

select * from renamed
