-- Every runner of a landed result ran, unless it has no position or its race or run is void: it
-- arrives in int_runs exactly once, and nothing else does.
with

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

runs as (

    select * from {{ ref('int_runs') }}

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
