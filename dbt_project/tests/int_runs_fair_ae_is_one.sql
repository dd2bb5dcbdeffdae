-- Over everything the fair A/E is 1.000, since each race's fair chances add up to its winners.
-- Without a race in which every run has a price there is none, and the test passes.
with

runs as (

    select * from {{ ref('int_runs') }}

),

totals as (

    select
        {{ ae_index('count(expected_fair) filter (where is_win)', 'sum(expected_fair)') }}
            as ae_fair
    from runs

)

select *
from totals
where ae_fair != 1
