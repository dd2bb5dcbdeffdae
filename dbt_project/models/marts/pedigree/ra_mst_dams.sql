{{ config(
    unique_key='id',
    meta={
        'unit': ['id'],
        'changes': {
            'int_parents': {'as': [['entity_id']]},
        },
    },
) }}

with

parents as (

    select * from {{ ref('int_parents') }}
    where {{ is_taken_up('entity_id') }}

),

final as (

    select
        entity_id as id,
        name,
        horse_id,
        first_landed_at as created_at,
        changed_at as updated_at,
        runs as total_runners,
        wins as total_wins,
        seconds as total_places_2nd,
        thirds as total_places_3rd,
        win_percent as overall_win_percent,
        ae_index as overall_ae_index,
        best_class,
        best_class_ae,
        best_distance,
        best_distance_ae,
        counted_at as analysis_last_updated,
        data_quality_score,
        class_1_name,
        class_1_runners,
        class_1_wins,
        class_1_win_percent,
        class_1_ae,
        class_2_name,
        class_2_runners,
        class_2_wins,
        class_2_win_percent,
        class_2_ae,
        class_3_name,
        class_3_runners,
        class_3_wins,
        class_3_win_percent,
        class_3_ae,
        distance_1_name,
        distance_1_runners,
        distance_1_wins,
        distance_1_win_percent,
        distance_1_ae,
        distance_2_name,
        distance_2_runners,
        distance_2_wins,
        distance_2_win_percent,
        distance_2_ae,
        distance_3_name,
        distance_3_runners,
        distance_3_wins,
        distance_3_win_percent,
        distance_3_ae,
        best_class_is_reliable,
        best_distance_is_reliable,
        progeny as total_progeny,
        progeny_winners as total_progeny_winners,
        expected_wins,
        ae_fair,
        archie,
        profit_loss_1u,
        expected_wins_bsp,
        ae_bsp,
        profit_loss_bsp,
        prb
    from parents
    where entity_type = 'dam'

)

select * from final
