{{ config(materialized='table') }}

with

changes as (

    select * from {{ ref('int_feed_changes') }}
    where is_dried_up

),

final as (

    select
        table_name,
        column_name,
        changed_on,
        share_before,
        share_since,
        told
    from changes

)

select * from final
