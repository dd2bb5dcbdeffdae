{{ config(
    unique_key='region_code',
    pre_hook="{{ take_up_units(['select true as whole']) }}",
) }}

with

source as (

    {{ raw_as_of('regions', ['payload', 'first_landed_at', 'changed_at']) }}

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

)

select * from renamed
