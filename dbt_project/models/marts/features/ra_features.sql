{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
        {'columns': ['horse_id']},
        {'columns': ['race_date']},
    ],
    meta={
        'unit': ['runner_id'],
        'changes': {
            'int_declarations': [{}, {'through': 'int_declarations', 'on': ['race_id'], 'part': 'standing'}],
            'int_market_prices': [
                {'part': 'standing'},
                {'through': 'int_declarations', 'on': ['race_id'], 'part': 'standing'},
            ],
            'int_runs': {'part': 'record'},
            'ra_runner_statistics': {'part': 'record'},
            'ra_runner_changes': [{}, {'through': 'int_declarations', 'on': ['race_id'], 'part': 'standing'}],
            'int_people_before': {'part': 'record'},
            'int_parents_before': {'part': 'record'},
        },
    },
) }}

with

declarations as (

    select * from {{ ref('int_declarations') }}
    where {{ is_taken_up() }}

),

{% if by_changes() %}

    -- A `record` does not change how a runner stands in its field; with all else of its row it is
    -- read again. A runner that is new here stands nowhere yet, whatever has changed.
    races as (

        select distinct declarations.race_id
        from declarations
        left join {{ this }} as known on declarations.runner_id = known.runner_id
        where {{ is_taken_up('declarations.runner_id', part='standing') }} or known.runner_id is null

    ),

{% endif %}

-- Horses are compared with their whole field.
declared as (

    select * from {{ ref('int_declarations') }}
    {% if by_changes() %}
        where race_id in (select races.race_id from races)
    {% endif %}

),

prices as (

    select * from {{ ref('int_market_prices') }}
    {% if by_changes() %}
        where race_id in (select races.race_id from races)
    {% endif %}

),

-- Of a runner itself, and of all others in its field.
changes as not materialized (

    select * from {{ ref('ra_runner_changes') }}

),

statistics as (

    select * from {{ ref('ra_runner_statistics') }}
    where {{ is_taken_up() }}

),

people as (

    select * from {{ ref('int_people_before') }}
    where {{ is_taken_up() }}

),

parents as (

    select * from {{ ref('int_parents_before') }}
    where {{ is_taken_up() }}

),

runs as (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up() }}

),

-- A horse has no prices once it is withdrawn.
fields as (

    select
        declared.runner_id,
        declared.race_id,
        declared.is_in_field,
        declared.ofr::integer as official_rating,
        declared.weight_lbs::integer as weight_lbs,
        {% for price in ['opening', 'best', 'closing'] %}
            case when declared.is_in_field then prices.{{ price }} end::numeric(10, 3)
                as {{ price }}_price,
        {% endfor %}
        changes.last_prb
    from declared
    inner join changes on declared.runner_id = changes.runner_id
    left join prices on declared.runner_id = prices.runner_id

),

-- One that is not in the field stands nowhere in it. Where no field has to be looked at again, its
-- runners stand as they stood.
standings as (

    select
        runner_id,
        official_rating,
        weight_lbs,
        opening_price,
        best_price,
        closing_price,
        nullif(count(*) filter (where is_in_field) over field, 0)::integer as field_size,
        {{ standing_in_field('rating', 'official_rating', 'desc') }},
        {{ standing_in_field('weight', 'weight_lbs', 'desc') }},
        {{ standing_in_field('price', 'closing_price', 'asc') }},
        {{ standing_in_field('prb', 'last_prb', 'desc') }}
    from fields
    window field as (partition by race_id)
    {% if by_changes() %}
        union all
        select
            runner_id,
            official_rating,
            weight_lbs,
            opening_price,
            best_price,
            closing_price,
            field_size,
            {% for figure in ['rating', 'weight', 'price', 'prb'] %}
                {{ figure }}_rank,
                {{ figure }}_to_best{{ ',' if not loop.last }}
            {% endfor %}
        from {{ this }} as known
        where {{ is_taken_up() }} and not exists (select from fields where fields.race_id = known.race_id)
    {% endif %}

),

final as (

    select
        declarations.runner_id,
        declarations.race_id,
        declarations.horse_id,
        declarations.race_date,

        ----------  race
        {{ class_number('declarations.class') }} as class_number,
        declarations.furlongs::numeric(5, 1) as furlongs,
        declarations.is_handicap,

        ----------  runner
        declarations.sex_code,
        standings.official_rating,
        declarations.draw::integer as draw,
        standings.weight_lbs,
        declarations.has_card,
        declarations.is_from_before_off,
        declarations.is_in_field,

        ----------  its prices
        standings.opening_price,
        standings.best_price,
        standings.closing_price,

        ----------  its own record
        statistics.career_prize as horse_career_prize,
        statistics.career_win_percent as horse_career_win_percent,
        statistics.career_place_percent as horse_career_place_percent,
        statistics.course_runs as horse_course_runs,
        statistics.course_wins as horse_course_wins,
        statistics.course_2nds as horse_course_2nds,
        statistics.course_3rds as horse_course_3rds,
        statistics.course_distance_runs as horse_course_distance_runs,
        statistics.course_distance_wins as horse_course_distance_wins,
        statistics.course_distance_2nds as horse_course_distance_2nds,
        statistics.course_distance_3rds as horse_course_distance_3rds,
        statistics.distance_runs as horse_distance_runs,
        statistics.distance_wins as horse_distance_wins,
        statistics.distance_2nds as horse_distance_2nds,
        statistics.distance_3rds as horse_distance_3rds,
        statistics.firm_runs as horse_firm_runs,
        statistics.firm_wins as horse_firm_wins,
        statistics.firm_2nds as horse_firm_2nds,
        statistics.firm_3rds as horse_firm_3rds,
        statistics.good_runs as horse_good_runs,
        statistics.good_wins as horse_good_wins,
        statistics.good_2nds as horse_good_2nds,
        statistics.good_3rds as horse_good_3rds,
        statistics.soft_runs as horse_soft_runs,
        statistics.soft_wins as horse_soft_wins,
        statistics.soft_2nds as horse_soft_2nds,
        statistics.soft_3rds as horse_soft_3rds,
        statistics.heavy_runs as horse_heavy_runs,
        statistics.heavy_wins as horse_heavy_wins,
        statistics.heavy_2nds as horse_heavy_2nds,
        statistics.heavy_3rds as horse_heavy_3rds,
        statistics.aw_runs as horse_aw_runs,
        statistics.aw_wins as horse_aw_wins,
        statistics.aw_2nds as horse_aw_2nds,
        statistics.aw_3rds as horse_aw_3rds,
        statistics.jockey_runs as horse_jockey_runs,
        statistics.jockey_wins as horse_jockey_wins,
        statistics.jockey_2nds as horse_jockey_2nds,
        statistics.jockey_3rds as horse_jockey_3rds,
        statistics.jumps_runs as horse_jumps_runs,
        statistics.jumps_wins as horse_jumps_wins,
        statistics.jumps_2nds as horse_jumps_2nds,
        statistics.jumps_3rds as horse_jumps_3rds,
        statistics.last_10_runs as horse_last_10_runs,
        statistics.last_10_wins as horse_last_10_wins,
        statistics.last_10_2nds as horse_last_10_2nds,
        statistics.last_10_3rds as horse_last_10_3rds,
        statistics.last_12m_runs as horse_last_12m_runs,
        statistics.last_12m_wins as horse_last_12m_wins,
        statistics.last_12m_2nds as horse_last_12m_2nds,
        statistics.last_12m_3rds as horse_last_12m_3rds,
        statistics.last_raced as horse_last_raced,
        statistics.last_won as horse_last_won,
        statistics.min_winning_distance_yards as horse_min_winning_distance_yards,
        statistics.max_winning_distance_yards as horse_max_winning_distance_yards,
        statistics.career_runs as horse_career_runs,
        statistics.career_wins as horse_career_wins,
        statistics.history_complete as horse_history_complete,

        ----------  against its last run
        changes.run_number,
        changes.run_since_break,
        changes.days_since_last_run,
        changes.last_position,
        changes.last_prb,
        changes.last_beaten_lengths,
        changes.last_sp_decimal,
        changes.last_sp_rank,
        changes.class_change,
        changes.official_rating_change,
        changes.weight_change_lbs,
        changes.distance_change_furlongs,
        changes.is_other_going_group,
        changes.is_other_course,
        changes.is_other_code,
        changes.is_other_trainer,
        changes.is_other_jockey,
        changes.is_other_owner,
        changes.is_first_time_headgear,
        changes.is_first_run_since_wind_surgery,
        changes.is_gelded_since_last_run,
        changes.best_rpr_last_3,
        changes.median_rpr_last_3,
        changes.best_tsr_last_3,
        changes.median_tsr_last_3,
        changes.best_performance_rating_last_3,
        changes.median_performance_rating_last_3,
        changes.best_speed_rating_last_3,
        changes.median_speed_rating_last_3,

        ----------  its connections
        declarations.trainer_id,
        declarations.jockey_id,
        declarations.owner_id,
        declarations.sire_id,
        declarations.dam_id,
        declarations.damsire_id,
        declarations.course_id,
        declarations.code,
        declarations.going_group,
        declarations.distance_band,
        declarations.surface,
        declarations.age::integer as age,
        people.is_debut,
        {{ columns_of_records('people', 'parents') }},

        ----------  what became of it
        runs.position::integer as target_position,
        runs.is_win as target_won,
        runs.is_place as target_placed,
        {{ from_scaled('runs.prb') }}::numeric(11, 10) as target_prb,
        runs.sp_decimal::numeric(8, 2) as target_sp,
        runs.bsp::numeric(8, 2) as target_bsp,

        ----------  where it stands in its field
        standings.field_size,
        standings.rating_rank,
        standings.rating_to_best,
        standings.weight_rank,
        standings.weight_to_best,
        standings.price_rank,
        standings.price_to_best,
        standings.prb_rank,
        standings.prb_to_best
    from declarations
    inner join standings on declarations.runner_id = standings.runner_id
    inner join statistics on declarations.runner_id = statistics.runner_id
    inner join changes on declarations.runner_id = changes.runner_id
    inner join people on declarations.runner_id = people.runner_id
    inner join parents on declarations.runner_id = parents.runner_id
    left join runs on declarations.runner_id = runs.runner_id

)

select * from final
