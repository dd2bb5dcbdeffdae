{{ config(
    unique_key=['entity_id', 'venue_id', 'id'],
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['entity_id', 'venue_id']},
    ],
    meta={
        'unit': ['entity_type', 'entity_id', 'venue_id'],
        'changes': {
            'int_performance': {
                'as': [['entity_type', 'entity_id', 'group_name']],
                'where': "breakdown = 'course'",
            },
        },
    },
) }}

with

performance as (

    select * from {{ ref('int_performance') }}
    where breakdown = 'course' and {{ is_taken_up(['entity_type', 'entity_id', 'group_name']) }}

),

figures as (

    select
        performance.entity_type,
        performance.entity_id,
        performance.group_name as venue_id,
        performance.code,
        performance.is_all,
        {{ performance_figures('performance') }}
    from performance
    {{ computed_once() }}

),

final as (

    select
        {{ row_id([
            ['entity_type', 'figures.entity_type'],
            ['entity', 'figures.entity_id'],
            ['course', 'figures.venue_id'],
            ['scope', 'scopes.scope'],
        ]) }} as id,
        figures.entity_type,
        figures.entity_id,
        figures.venue_id,
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
