-- Every runner of a landed result ran, unless it has no position or its race or run is void: it
-- arrives in int_runs exactly once, and nothing else does.
with

{% if by_changes() %}

    looked_at as (

        select
            runner_id,
            race_id,
            horse_id
        from {{ changes_of('stg_racing_api__result_runners') }} as changed
        union
        select
            runner_id,
            race_id,
            horse_id
        from {{ changes_of('int_runs') }} as changed

    ),

{% endif %}

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    {% if by_changes() %}
        where (race_id, horse_id) in (
            select
                race_id,
                horse_id
            from looked_at
        )
    {% endif %}

),

runs as (

    select * from {{ ref('int_runs') }}
    {% if by_changes() %}
        where runner_id in (select runner_id from looked_at)
    {% endif %}

),

met as (

    select
        runner_id,
        1 as staged,
        0 as arrived
    from result_runners
    where upper(position_str) not in ('VOI', 'VOID')

    union all

    select
        runner_id,
        0 as staged,
        1 as arrived
    from runs

)

select
    runner_id,
    sum(staged) as staged,
    sum(arrived) as arrived
from met
group by runner_id
having sum(staged) != 1 or sum(arrived) != 1
