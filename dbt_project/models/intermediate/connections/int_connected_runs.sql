{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'int_runs': none,
            'int_races': {'columns': ['race_id', 'furlongs', 'going_group', 'is_all_weather']},
            'int_runners': {'columns': ['runner_id', 'race_id', 'age', 'owner_id_is_inferred'], 'where': 'has_result'},
            'int_past_runs': {'columns': ['runner_id', 'race_id', 'run_number']},
        },
    },
) }}

with

runs as (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

runners as (

    select * from {{ ref('int_runners') }}
    where {{ is_taken_up('race_id') }}

),

past_runs as (

    select * from {{ ref('int_past_runs') }}
    where {{ is_taken_up('race_id') }}

),

final as (

    select
        runs.runner_id,
        runs.expected_wins,
        runs.prb,
        runs.race_date,
        runs.is_win,
        runs.is_place,
        past_runs.run_number = 1 or null as is_debut,
        {{ early_age('runners.age') }} as early_age,
        runs.race_id,
        {{ yard_of('runs.trainer_id', 'runs.race_date') }} as yard,
        runs.jockey_id,
        case when not runners.owner_id_is_inferred then runs.owner_id end as owner_id,
        runs.sire_id,
        runs.dam_id,
        runs.damsire_id,
        runs.course_id,
        runs.code,
        races.going_group,
        {{ distance_band('runs.code', 'races.furlongs') }} as distance_band,
        {{ surface('races.is_all_weather') }} as surface
    from runs
    inner join races on runs.race_id = races.race_id
    inner join runners on runs.runner_id = runners.runner_id
    inner join past_runs on runs.runner_id = past_runs.runner_id

)

select * from final
