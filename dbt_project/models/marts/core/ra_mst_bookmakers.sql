{{ config(materialized='table') }}

with

bookmakers as (

    select * from {{ ref('int_bookmakers') }}

),

final as (

    select
        bookmaker_id as id,
        bookmaker as name,
        bookmaker_code as code,
        coalesce(priced_on > {{ as_of_date() }} - 30, false) as is_active,
        first_landed_at as created_at,
        {{ bookmaker_type('bookmaker_code') }} as type
    from bookmakers

)

select * from final
