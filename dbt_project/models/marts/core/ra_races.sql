{{ config(
    unique_key='id',
    indexes=[
        {'columns': ['date']},
        {'columns': ['course_id']},
    ],
    meta={
        'unit': ['id'],
        'changes': {
            'int_races': {'as': [['race_id']]},
            'int_race_numbers': {'as': [['race_id']]},
        },
    },
) }}

with

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

race_numbers as (

    select * from {{ ref('int_race_numbers') }}
    where {{ is_taken_up('race_id') }}

),

final as (

    select
        races.race_id as id,
        races.course_id,
        races.course_name,
        races.race_date as date,
        {{ london_clock('races.off_dt') }} as off_time,
        races.off_dt,
        races.race_name,
        race_numbers.race_number::integer as race_number,
        races.distance_written as distance,
        races.distance_round,
        races.distance as distance_f,
        races.distance_metres as distance_m,
        races.region,
        races.type,
        races.surface,
        races.going,
        races.going_detailed,
        races.pattern,
        races.class as race_class,
        races.age_band,
        races.sex_restriction,
        races.rating_band,
        races.prize::numeric(12, 2) as prize,
        races.field_size::integer as field_size,
        races.stalls,
        races.rail_movements,
        races.weather,
        races.jumps,
        races.is_big_race,
        races.is_abandoned,
        races.has_result,
        races.winning_time,
        races.winning_time_detail,
        races.comments,
        races.non_runners,
        races.tote_win,
        races.tote_pl,
        races.tote_ex,
        races.tote_csf,
        races.tote_tricast,
        races.tote_trifecta,
        races.tip,
        races.verdict,
        races.betting_forecast,
        races.course_id || '_' || races.race_date::text as meet_id,
        races.first_landed_at as created_at,
        races.changed_at as updated_at,
        {{ london_clock('races.off_dt') }} as time,
        races.code,
        races.is_handicap,
        races.is_void,
        races.has_card,
        races.prize_currency,
        races.prize_total_paid::numeric(12, 2) as prize_total_paid,
        races.distance_yards,
        races.race_status,
        races.is_incomplete,
        races.plan,
        races.card_known_at
    from races
    inner join race_numbers on races.race_id = race_numbers.race_id

)

select * from final
