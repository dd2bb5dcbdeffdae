{{ config(
    unique_key=['race_id', 'draw_third'],
    indexes=[{'columns': ['race_id']}],
    meta={
        'unit': ['race_id'],
        'changes': {
            'int_runs': none,
            'stg_racing_api__result_runners': none,
        },
    },
) }}

with

runs as (

    select * from {{ ref('int_runs') }}
    where code = 'Flat' and {{ is_taken_up('race_id') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('race_id') }}

),

drawn as (

    select
        runs.*,
        rank() over (partition by runs.race_id order by result_runners.draw asc) as place,
        count(*) over (partition by runs.race_id) as runners,
        count(result_runners.draw) over (partition by runs.race_id) as drawn_runners
    from runs
    inner join result_runners on runs.runner_id = result_runners.runner_id

),

thirds as (

    select
        *,
        {{ draw_third('place', 'runners') }} as draw_third
    from drawn
    where drawn_runners = runners

),

final as (

    select
        race_id,
        draw_third,
        course_id,
        distance,
        {{ run_measures() }},
        min(first_landed_at) as first_landed_at,
        max(changed_at) as changed_at
    from thirds
    where draw_third is not null
    group by race_id, draw_third, course_id, distance

)

select * from final
