with

regions as (

    select * from {{ ref('stg_racing_api__regions') }}

),

final as (

    select
        region_code as code,
        region as name,
        first_landed_at as created_at
    from regions

)

select * from final
