{{ config(materialized='table') }}

with

population as (

    select * from {{ ref('int_feed_population') }}
    where is_told

),

final as (

    select
        table_name,
        column_name,
        date_trunc('month', race_date)::date as month,
        sum(eligible)::integer as eligible,
        sum(filled)::integer as filled,
        round(100.0 * sum(filled) / sum(eligible), 2)::numeric(5, 2) as share,
        sum(races)::integer as races,
        max(race_date) filter (where filled > 0) as last_filled_on
    from population
    group by table_name, column_name, date_trunc('month', race_date)

)

select * from final
