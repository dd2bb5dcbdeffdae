-- In each race the fair chances of the runs add up to the number of its winners, whose shares they
-- are, and every run has one or none does: none unless the market of a complete result is known.
-- Each chance is rounded to ten decimals, and so is off by half of the last one at most.
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

totals as (

    select
        race_id,
        count(*) as runs,
        count(sp_decimal) as priced_runs,
        count(*) filter (where is_win) as winners,
        count(expected_fair) as runs_with_chance,
        {{ from_scaled('sum(expected_fair)') }} as expected_fair
    from runs
    group by race_id

)

select totals.*
from totals
inner join races on totals.race_id = races.race_id
where
    abs(totals.expected_fair - totals.winners) > totals.runs * 0.00000000005
    or totals.runs_with_chance != case
        when totals.priced_runs = totals.runs and not races.is_incomplete then totals.runs else 0
    end
