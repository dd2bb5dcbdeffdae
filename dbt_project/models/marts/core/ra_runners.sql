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
            'int_runners': none,
            'int_races': {'columns': ['code', 'plan']},
            'int_horses': {
                'columns': ['horse', 'sire_id', 'dam_id', 'damsire_id', 'colour', 'dob'],
                'through': 'int_runners',
                'on': ['horse_id'],
            },
            'stg_racing_api__result_runners': none,
            'int_betting_forecasts': none,
        },
    },
) }}

with

runners as (

    select * from {{ ref('int_runners') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

results as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('race_id') }}

),

forecasts as (

    select * from {{ ref('int_betting_forecasts') }}
    where {{ is_taken_up('race_id') }}

),

final as (

    select
        runners.runner_id as id,
        runners.race_id,
        runners.horse_id,
        horses.horse as horse_name,
        runners.jockey as jockey_name,
        runners.trainer as trainer_name,
        runners.owner as owner_name,
        runners.number,
        runners.draw,
        runners.jockey_id,
        runners.trainer_id,
        runners.owner_id,
        horses.sire_id,
        horses.dam_id,
        horses.damsire_id,
        runners.weight_lbs,
        {{ stones_and_pounds('runners.weight_lbs') }} as weight_st_lbs,
        runners.age,
        {{ sex_word('runners.sex_code') }} as sex,
        runners.sex_code,
        horses.colour,
        horses.dob,
        runners.headgear,
        runners.headgear_run,
        runners.wind_surgery,
        runners.wind_surgery_run,
        runners.form,
        runners.last_run,
        runners.ofr,
        runners.rpr,
        runners.ts,
        runners.comment,
        runners.spotlight,
        runners.trainer_rtf,
        runners.past_results_flags,
        null::integer as claiming_price_min,
        null::integer as claiming_price_max,
        null::text as medication,
        null::text as equipment,
        forecasts.fractional_odds as morning_line_odds,
        runners.is_scratched,
        runners.silk_url,
        runners.first_landed_at as created_at,
        runners.changed_at as updated_at,
        results.position,
        results.btn_text as distance_beaten,
        results.prize_won::numeric(12, 2) as prize_won,
        results.sp as starting_price,
        results.changed_at as result_updated_at,
        results.time_display as finishing_time,
        results.sp_decimal::numeric(8, 2) as starting_price_decimal,
        results.comment as race_comment,
        runners.silk_url as jockey_silk_url,
        results.ovr_btn::numeric(8, 2) as overall_beaten_distance,
        runners.jockey_claim_lbs,
        {{ stones_and_pounds('runners.weight_lbs') }} as weight_stones_lbs,
        runners.trainer_location,
        runners.race_date,
        runners.has_card,
        runners.has_result,
        runners.weight_allotted_lbs,
        coalesce(
            {{ shortest_absence('runners.last_run') }},
            runners.race_date - runners.previous_run_on
        ) as last_run_days,
        results.prize_currency,
        races.code,
        runners.performance_rating,
        runners.speed_rating,
        runners.owner_id_is_inferred,
        runners.is_reserve,
        runners.is_non_runner,
        races.plan,
        runners.card_known_at
    from runners
    inner join races on runners.race_id = races.race_id
    inner join horses on runners.horse_id = horses.horse_id
    left join results on runners.runner_id = results.runner_id
    left join forecasts on runners.runner_id = forecasts.runner_id

)

select * from final
