{{ config(
    unique_key='race_id',
    indexes=[
        {'columns': ['race_id'], 'unique': true},
        {'columns': ['race_date']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecards': none,
            'stg_racing_api__results': none,
            'stg_racing_api__racecard_runners': none,
            'stg_racing_api__result_runners': none,
            'int_race_courses': none,
        },
    },
) }}

{#- A result's written distance is rounded, a card's is not. -#}
{% set yards %}
    coalesce(results.distance_yards, racecards.distance_yards, results.written_yards)
{%- endset %}

with

racecards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where {{ is_taken_up('race_id') }}

),

results as (

    select * from {{ ref('stg_racing_api__results') }}
    where {{ is_taken_up('race_id') }}

),

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}
    where {{ is_taken_up('race_id') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('race_id') }}

),

race_courses as (

    select * from {{ ref('int_race_courses') }}
    where {{ is_taken_up('race_id') }}

),

going_groups as (

    select * from {{ ref('going_groups') }}

),

card_totals as (

    select
        racecard_runners.race_id,
        count(*) filter (where {{ is_declared('racecard_runners') }}) as declared,
        count(*) filter (where racecard_runners.is_non_runner) as non_runners
    from racecard_runners
    group by racecard_runners.race_id

),

result_totals as (

    select
        race_id,
        count(*) as listed,
        count(*) filter (where is_run) as runs,
        count(*) filter (where is_run and {{ is_win('position') }}) as winners,
        count(sp_decimal) filter (where is_run) as priced_runs,
        sum({{ expected_wins('sp_decimal') }}) filter (where is_run) as expected_wins,
        max(prize_won) filter (where {{ is_win('position') }}) as winner_prize,
        sum(prize_won) as prize_total_paid,
        max({{ bytewise('prize_currency') }}) as prize_currency,
        min({{ bytewise('time_display') }}) filter (where {{ is_win('position') }}) as winning_time,
        bool_or(not is_run and position_str is not null) as has_void_runs
    from result_runners
    group by race_id

),

merged as (

    select
        coalesce(results.race_id, racecards.race_id) as race_id,
        coalesce(results.race_date, racecards.race_date) as race_date,
        coalesce(
            results.stated_off_dt, racecards.stated_off_dt, results.off_dt, racecards.off_dt
        ) as off_dt,
        coalesce(results.region, racecards.region) as region,
        coalesce(results.race_name, racecards.race_name) as race_name,
        coalesce(results.type, racecards.type) as type,
        coalesce(results.pattern, racecards.pattern) as pattern,
        coalesce(results.rating_band, racecards.rating_band) as rating_band,
        coalesce(results.age_band, racecards.age_band) as age_band,
        coalesce(results.sex_restriction, racecards.sex_restriction) as sex_restriction,
        coalesce(results.going, racecards.going) as stated_going,
        coalesce(results.surface, racecards.surface) as surface,
        coalesce(results.jumps, racecards.jumps) as jumps,
        coalesce(
            results.furlongs,
            racecards.furlongs,
            {{ furlongs_of_yards(yards) }}
        ) as furlongs,
        {{ yards }} as distance_yards,
        coalesce(
            results.distance_metres,
            {{ metres_of_yards(yards) }}
        ) as distance_metres,
        coalesce(racecards.distance, {{ written_distance(yards) }})
            as distance_written,
        coalesce(racecards.distance_round, results.distance_round) as distance_round,
        {{ race_class(
            'results.class', 'racecards.class', 'coalesce(results.pattern, racecards.pattern)'
        ) }} as class,
        coalesce(racecards.prize, result_totals.winner_prize) as prize,
        case
            when racecards.prize is not null then racecards.prize_currency
            else result_totals.prize_currency
        end as prize_currency,
        result_totals.prize_total_paid,
        coalesce(result_totals.runs, 0) as runs,
        coalesce(result_totals.winners, 0) as winners,
        coalesce(result_totals.priced_runs, 0) as priced_runs,
        result_totals.expected_wins,
        case
            when result_totals.runs > 0 then result_totals.runs
            when racecards.race_id is not null then coalesce(card_totals.declared, 0)
        end as field_size,
        coalesce(
            result_totals.winning_time,
            btrim(substring(results.winning_time_detail from '^[^(]+'))
        ) as winning_time,
        results.winning_time_detail,
        results.comments,
        results.non_runners,
        results.tote_win,
        results.tote_pl,
        results.tote_ex,
        results.tote_csf,
        results.tote_tricast,
        results.tote_trifecta,
        racecards.going_detailed,
        racecards.stalls,
        racecards.rail_movements,
        racecards.weather,
        racecards.tip,
        racecards.verdict,
        racecards.betting_forecast,
        racecards.is_big_race,
        racecards.race_status,
        -- What was run was not abandoned, whatever an older card says.
        coalesce(racecards.is_abandoned, false) and coalesce(result_totals.runs, 0) = 0
            as is_abandoned,
        racecards.card_known_at,
        racecards.plan as card_plan,
        results.plan as result_plan,
        {{ smaller_plan('racecards.plan', 'results.plan') }} as plan,
        racecards.race_id is not null as has_card,
        coalesce(result_totals.runs > 0, false) as has_result,
        coalesce(result_totals.runs = 0 and result_totals.has_void_runs, false) as is_void,
        {{ is_incomplete(
            'case when result_totals.runs > 0 then result_totals.listed end',
            'card_totals.declared',
            'greatest(' ~ named_non_runners('results.non_runners') ~ ' - card_totals.non_runners, 0)',
        ) }} as is_incomplete,
        least(results.first_landed_at, racecards.first_landed_at) as first_landed_at,
        greatest(results.changed_at, racecards.changed_at) as changed_at
    from results
    full outer join racecards on results.race_id = racecards.race_id
    left join result_totals on results.race_id = result_totals.race_id
    left join card_totals on racecards.race_id = card_totals.race_id

),

final as (

    select
        merged.*,
        race_courses.course_id,
        race_courses.course_name,
        coalesce(going_groups.going, merged.stated_going) as going,
        {{ racing_code('merged.type') }} as code,
        {{ is_handicap('merged.race_name') }} as is_handicap,
        {{ distance_label('merged.furlongs') }} as distance,
        going_groups.going_group,
        {{ is_all_weather('merged.surface', 'going_groups') }} as is_all_weather
    from merged
    left join race_courses on merged.race_id = race_courses.race_id
    left join going_groups on lower(merged.stated_going) = lower(going_groups.spelling)

)

select * from final
