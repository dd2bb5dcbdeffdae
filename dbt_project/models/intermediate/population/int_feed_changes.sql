{{ config(materialized='table', tags='system') }}

with

population as (

    select * from {{ ref('int_feed_population') }}
    where is_told

),

-- From the first day that has the field, for before that it was not sent.
days as (

    select
        *,
        max(filled) over (
            partition by table_name, column_name
            order by race_date
        ) > 0 as is_sent
    from population
    where race_date <= {{ as_of_date() }}

),

-- Every day as the first one after a change, with what came before it and what came since.
splits as (

    select
        table_name,
        column_name,
        race_date,
        sum(eligible) over before as eligible_before,
        sum(filled) over before as filled_before,
        count(*) over before as days_before,
        sum(eligible) over since as eligible_since,
        sum(filled) over since as filled_since,
        count(*) over since as days_since,
        sum(eligible) over field as eligible_in_all,
        sum(filled) over field as filled_in_all,
        sum(races) over field as races_in_all
    from days
    where is_sent
    window
        field as (partition by table_name, column_name),
        before as (
            partition by table_name, column_name
            order by race_date
            rows between unbounded preceding and 1 preceding
        ),
        since as (
            partition by table_name, column_name
            order by race_date
            rows between current row and unbounded following
        )

),

-- How much better two shares explain the days than one does (twice the logarithm of the ratio of
-- the likelihoods), if the rows of a race are one thing.
weighed as (

    select
        *,
        filled_before::numeric / eligible_before as share_before,
        filled_since::numeric / eligible_since as share_since,
        2.0 * races_in_all / eligible_in_all * (
            {{ log_likelihood('filled_before', 'eligible_before') }}
            + {{ log_likelihood('filled_since', 'eligible_since') }}
            - {{ log_likelihood('filled_in_all', 'eligible_in_all') }}
        ) as support
    from splits
    where days_before > 0

),

likeliest as (

    select distinct on (table_name, column_name) *
    from weighed
    where share_since < share_before
    order by table_name asc, column_name asc, round(support::numeric, 6) desc, race_date asc

),

-- A field that has come back is none that dried up.
newest_days as (

    select
        table_name,
        column_name,
        sum(filled)::numeric / sum(eligible) as share
    from (
        select
            *,
            row_number() over (
                partition by table_name, column_name
                order by race_date desc
            ) as place
        from days
    ) as placed
    where place <= 3
    group by table_name, column_name

),

-- A support of 20 is met by chance on one day in 100,000, and at least three days on each side keep
-- out what is only late.
judged as (

    select
        likeliest.table_name,
        likeliest.column_name,
        likeliest.race_date as changed_on,
        round(100 * likeliest.share_before, 2)::numeric(5, 2) as share_before,
        round(100 * likeliest.share_since, 2)::numeric(5, 2) as share_since,
        (
            likeliest.support >= 20
            and least(likeliest.days_before, likeliest.days_since) >= 3
            and greatest(likeliest.share_since, newest_days.share) <= likeliest.share_before / 2
        ) as is_dried_up
    from likeliest
    inner join newest_days
        on
            likeliest.table_name = newest_days.table_name
            and likeliest.column_name = newest_days.column_name

),

final as (

    select
        *,
        {{ told_change() }} as told
    from judged

)

select * from final
