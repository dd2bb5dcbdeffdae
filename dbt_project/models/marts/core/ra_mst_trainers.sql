{{ config(
    materialized='table',
    meta={'ids_from': 'int_entities', 'ids_column': 'entity_id'},
) }}

with

people as (

    select * from {{ ref('int_people') }}

),

final as (

    select
        entity_id as id,
        name,
        location,
        first_landed_at as created_at,
        changed_at as updated_at,
        runs as total_runners,
        wins as total_wins,
        places as total_places,
        seconds as total_seconds,
        thirds as total_thirds,
        win_percent as win_rate,
        place_percent as place_rate,
        counted_at as stats_updated_at,
        last_run_on as last_runner_date,
        last_win_on as last_win_date,
        days_since_last_run as days_since_last_runner,
        days_since_last_win,
        runs_14d as recent_14d_runs,
        wins_14d as recent_14d_wins,
        win_percent_14d as recent_14d_win_rate,
        runs_30d as recent_30d_runs,
        wins_30d as recent_30d_wins,
        win_percent_30d as recent_30d_win_rate,
        has_card,
        ae_index,
        expected_wins,
        ae_fair,
        archie,
        profit_loss_1u,
        expected_wins_bsp,
        ae_bsp,
        profit_loss_bsp,
        prb
    from people
    where entity_type = 'trainer'

)

select * from final
