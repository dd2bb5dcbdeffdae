{{ config(
    unique_key='id',
    indexes=[
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
        {'columns': ['race_date']},
        {'columns': ['jockey_id']},
        {'columns': ['trainer_id']},
        {'columns': ['owner_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__result_runners': none,
            'int_races': {'columns': ['code', 'result_plan']},
            'int_margins': none,
            'int_owner_ids': none,
            'int_runs': {'columns': ['runner_id', 'prb']},
        },
    },
) }}

with

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

margins as (

    select * from {{ ref('int_margins') }}
    where {{ is_taken_up('race_id') }}

),

owner_ids as (

    select * from {{ ref('int_owner_ids') }}
    where source = 'result'

),

runs as (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up('race_id') }}

),

final as (

    select
        result_runners.runner_id as id,
        result_runners.race_id,
        result_runners.race_date,
        result_runners.horse_id,
        {{ without_country('result_runners.horse') }} as horse_name,
        result_runners.jockey as jockey_name,
        result_runners.trainer as trainer_name,
        result_runners.owner as owner_name,
        result_runners.position,
        result_runners.position_str,
        result_runners.number,
        result_runners.draw,
        result_runners.jockey_id,
        result_runners.jockey_claim_lbs,
        result_runners.trainer_id,
        coalesce(result_runners.owner_id, owner_ids.owner_id) as owner_id,
        result_runners.sire_id,
        result_runners.dam_id,
        result_runners.damsire_id,
        result_runners.age,
        result_runners.sex,
        result_runners.weight_lbs,
        {{ stones_and_pounds('result_runners.weight_lbs') }} as weight_st_lbs,
        result_runners.headgear,
        result_runners.sp,
        result_runners.sp_decimal::numeric(8, 2) as sp_decimal,
        result_runners.btn::numeric(8, 2) as btn,
        result_runners.ovr_btn::numeric(8, 2) as ovr_btn,
        result_runners.time_seconds::numeric(8, 2) as time_seconds,
        result_runners.time_display,
        result_runners.official_rating,
        result_runners.rpr,
        result_runners.tsr,
        result_runners.prize_won::numeric(12, 2) as prize_won,
        result_runners.comment,
        result_runners.silk_url,
        margins.margin,
        result_runners.first_landed_at as created_at,
        result_runners.prize_currency,
        result_runners.is_run,
        races.code,
        result_runners.performance_rating,
        result_runners.speed_rating,
        result_runners.bsp::numeric(8, 2) as bsp,
        owner_ids.owner_id is not null as owner_id_is_inferred,
        result_runners.changed_at as updated_at,
        races.result_plan as plan,
        {{ from_scaled('runs.prb') }}::numeric(11, 10) as prb
    from result_runners
    inner join races on result_runners.race_id = races.race_id
    left join owner_ids on result_runners.runner_id = owner_ids.runner_id
    left join margins on result_runners.runner_id = margins.runner_id
    left join runs on result_runners.runner_id = runs.runner_id

)

select * from final
