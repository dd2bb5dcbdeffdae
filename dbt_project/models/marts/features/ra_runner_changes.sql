{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'int_declarations': none,
            'int_past_runs': none,
            'int_runner_history': {'columns': ['runner_id', 'career_runs']},
        },
    },
) }}

with

declarations as (

    select * from {{ ref('int_declarations') }}
    where {{ is_taken_up('horse_id') }}

),

past_runs as not materialized (

    select * from {{ ref('int_past_runs') }}
    where {{ is_taken_up('horse_id') }}

),

history as (

    select * from {{ ref('int_runner_history') }}
    where {{ is_taken_up('horse_id') }}

),

first_worn as (

    select
        horse_id,
        headgear,
        min(run_number) as run_number
    from past_runs
    where headgear is not null
    group by horse_id, headgear

),

-- A second run of a day is not history.
entries as (

    select
        declarations.*,
        history.career_runs,
        coalesce(first_worn.run_number <= history.career_runs, false) as has_worn_headgear
    from declarations
    inner join history on declarations.runner_id = history.runner_id
    left join first_worn
        on
            declarations.horse_id = first_worn.horse_id
            and declarations.headgear = first_worn.headgear

),

final as (

    select
        entries.runner_id,
        entries.race_id,
        entries.horse_id,
        entries.race_date,
        (entries.career_runs + 1)::integer as run_number,
        case
            when {{ is_break('entries.race_date - last_run.race_date') }} then 1
            else (last_run.run_since_break + 1)::integer
        end as run_since_break,
        entries.race_date - last_run.race_date as days_since_last_run,
        last_run.race_id as last_race_id,
        last_run.position::integer as last_position,
        {{ from_scaled('last_run.prb') }}::numeric(11, 10) as last_prb,
        last_run.beaten_lengths::numeric(8, 2) as last_beaten_lengths,
        last_run.sp_decimal::numeric(8, 2) as last_sp_decimal,
        last_run.sp_rank::integer as last_sp_rank,
        {{ class_number('entries.class') }} - last_run.class_number as class_change,
        entries.ofr - last_run.ofr as official_rating_change,
        entries.weight_lbs - last_run.weight_lbs as weight_change_lbs,
        (entries.furlongs - last_run.furlongs)::numeric(5, 1) as distance_change_furlongs,
        {{ is_another('entries.going_group', 'last_run.going_group') }} as is_other_going_group,
        {{ is_another('entries.course_id', 'last_run.course_id') }} as is_other_course,
        {{ is_another('entries.code', 'last_run.code') }} as is_other_code,
        {{ is_another('entries.trainer_id', 'last_run.trainer_id') }} as is_other_trainer,
        {{ is_another('entries.jockey_id', 'last_run.jockey_id') }} as is_other_jockey,
        {{ is_another('entries.owner_key', 'last_run.owner_key') }} as is_other_owner,
        case
            when entries.headgear is null then false
            when entries.tells_headgear_run
                then coalesce({{ leading_number('entries.headgear_run') }} = 1, false)
            else not entries.has_worn_headgear
        end as is_first_time_headgear,
        coalesce({{ leading_number('entries.wind_surgery_run') }} = 1, false)
            as is_first_run_since_wind_surgery,
        coalesce(entries.sex_code = 'G' and last_run.sex_code in ('C', 'H', 'R'), false)
            as is_gelded_since_last_run,
        {% for scale in rating_scales() %}
            last_run.best_{{ scale }}::integer as best_{{ scale }}_last_3,
            last_run.median_{{ scale }}::numeric(5, 1) as median_{{ scale }}_last_3,
        {% endfor %}
        least(entries.first_landed_at, last_run.first_landed_at) as created_at,
        greatest(entries.changed_at, last_run.changed_at) as updated_at
    from entries
    left join past_runs as last_run
        on
            entries.horse_id = last_run.horse_id
            and entries.career_runs = last_run.run_number

)

select * from final
