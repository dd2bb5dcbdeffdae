{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['horse_id', 'run_number'], 'unique': true},
        {'columns': ['runner_id'], 'unique': true},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'int_runs': none,
            'int_runners': {
                'columns': ['runner_id', 'headgear', 'weight_lbs', 'ofr', 'sex_code', 'trainer_id', 'jockey_id'],
                'where': 'has_result',
            },
            'int_races': {
                'columns': ['going_group', 'furlongs'],
                'through': 'int_runs',
                'on': ['race_id'],
            },
            'int_run_returns': {
                'columns': ['favourite_position'],
                'through': 'int_runs',
                'on': ['runner_id'],
            },
            'stg_racing_api__result_runners': none,
        },
    },
) }}

with

runs as (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up('horse_id') }}

),

runners as (

    select * from {{ ref('int_runners') }}
    where {{ is_taken_up('horse_id') }}

),

races as (

    select * from {{ ref('int_races') }}

),

returned as (

    select * from {{ ref('int_run_returns') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('horse_id') }}

),

joined as (

    select
        runs.runner_id,
        runs.horse_id,
        runs.race_id,
        runs.race_date,
        runs.off_dt,
        runs.position,
        runs.prb,
        runs.sp_decimal,
        returned.favourite_position as sp_rank,
        result_runners.ovr_btn as beaten_lengths,
        {{ class_number('runs.class') }} as class_number,
        races.furlongs,
        races.going_group,
        runs.course_id,
        runs.code,
        runners.trainer_id,
        runners.jockey_id,
        result_runners.owner_key,
        runners.headgear,
        runners.weight_lbs,
        runners.ofr,
        runners.sex_code,
        {% for scale in rating_scales() %}
            result_runners.{{ scale }},
        {% endfor %}
        runs.first_landed_at,
        runs.changed_at
    from runs
    inner join runners on runs.runner_id = runners.runner_id
    inner join races on runs.race_id = races.race_id
    inner join result_runners on runs.runner_id = result_runners.runner_id
    left join returned on runs.runner_id = returned.runner_id

),

numbered as (

    select
        *,
        row_number() over newest_last as run_number,
        {% for scale in rating_scales() %}
            {{ last_three_ratings(scale, 'last_three') }},
        {% endfor %}
        {{ is_break('race_date - lag(race_date) over newest_last') }} as is_first_since_break
    from joined
    window
        newest_last as ({{ one_after_another() }}),
        last_three as (newest_last rows between 2 preceding and current row)

),

final as (

    select
        *,
        run_number - max(case when is_first_since_break then run_number end) over (
            partition by horse_id
            order by run_number
        ) + 1 as run_since_break
    from numbered

)

select * from final
