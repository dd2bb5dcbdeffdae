-- In each race every pair of runs is one beaten rival, or two halves: the shares of rivals beaten
-- have a mean of exactly 0.5. Each is a number of halves of a rival over (runs - 1), and counted in
-- those it is whole, however it was rounded.
with

runs as (

    select * from {{ ref('int_runs') }}
    {% if by_changes() %}
        where race_id in (
            select race_id from {{ changes_of('int_runs') }} as changed
            union
            select race_id from {{ changes_of('int_races') }} as changed
        )
    {% endif %}

),

races as (

    select * from {{ ref('int_races') }}

),

counted as (

    select
        race_id,
        {{ from_scaled('prb') }} as prb,
        count(*) over (partition by race_id) as runs
    from runs

),

totals as (

    select
        race_id,
        runs,
        count(prb) as runs_with_share,
        sum(round(prb * 2 * (runs - 1))) as halves
    from counted
    group by race_id, runs

)

select totals.*
from totals
inner join races on totals.race_id = races.race_id
where
    totals.halves != totals.runs * (totals.runs - 1)
    or totals.runs_with_share != case
        when totals.runs > 1 and not races.is_incomplete then totals.runs else 0
    end
