{{ config(
    unique_key=['entity1_id', 'entity2_id', 'id'],
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['entity1_id', 'entity2_id']},
        {'columns': ['entity2_id']},
    ],
    meta={
        'unit': ['entity1_type', 'entity1_id', 'entity2_type', 'entity2_id'],
        'changes': {
            'int_performance': {
                'as': [['entity_type', 'entity_id', 'breakdown', 'group_name']],
                'where': "breakdown not in ('overall', 'class', 'distance', 'course')",
            },
        },
    },
) }}

with

performance as (

    select * from {{ ref('int_performance') }}
    where
        breakdown not in ('overall', 'class', 'distance', 'course')
        and {{ is_taken_up(['entity_type', 'entity_id', 'breakdown', 'group_name']) }}

),

figures as (

    select
        performance.entity_type as entity1_type,
        performance.entity_id as entity1_id,
        performance.breakdown as entity2_type,
        performance.group_name as entity2_id,
        performance.code,
        performance.is_all,
        {{ performance_figures('performance') }}
    from performance
    {{ computed_once() }}

),

final as (

    select
        {{ row_id([
            ['entity1_type', 'figures.entity1_type'],
            ['entity1', 'figures.entity1_id'],
            ['entity2_type', 'figures.entity2_type'],
            ['entity2', 'figures.entity2_id'],
            ['scope', 'scopes.scope'],
        ]) }} as id,
        figures.entity1_type,
        figures.entity1_id,
        figures.entity2_type,
        figures.entity2_id,
        figures.total_runs,
        figures.wins,
        figures.places_2nd,
        figures.places_3rd,
        figures.win_percent,
        figures.place_percent,
        figures.ae_index,
        figures.expected_wins,
        figures.ae_fair,
        figures.archie,
        figures.profit_loss_1u,
        figures.expected_wins_bsp,
        figures.ae_bsp,
        figures.profit_loss_bsp,
        figures.prb,
        {{ query_filters('scopes.scope') }} as query_filters,
        figures.calculated_at,
        figures.created_at
    from figures
    cross join {{ scopes_of('figures') }}
    where scopes.scope is not null

)

select * from final
