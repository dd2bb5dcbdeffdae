{{ config(
    unique_key=['entity_id', 'distance_display', 'id'],
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['entity_id', 'distance_display']},
    ],
    meta={
        'unit': ['entity_type', 'entity_id', 'distance_display'],
        'changes': {
            'int_performance': {
                'as': [['entity_type', 'entity_id', 'group_name']],
                'where': "breakdown = 'distance'",
            },
            'int_distance_goings': {'as': [['entity_type', 'entity_id', 'distance']]},
        },
    },
) }}

with

performance as (

    select * from {{ ref('int_performance') }}
    where breakdown = 'distance' and {{ is_taken_up(['entity_type', 'entity_id', 'group_name']) }}

),

goings as (

    select * from {{ ref('int_distance_goings') }}
    where {{ is_taken_up(['entity_type', 'entity_id', 'distance']) }}

),

figures as (

    select
        performance.entity_type,
        performance.entity_id,
        rtrim(performance.group_name, 'f')::numeric(4, 1) as furlongs,
        performance.group_name as distance_display,
        performance.code,
        performance.is_all,
        {{ from_scaled('performance.best_finish_seconds') }}::numeric(8, 2) as best_time_seconds,
        (
            {{ from_scaled('performance.finish_seconds') }} / nullif(performance.timed_runs, 0)
        )::numeric(8, 2) as avg_time_seconds,
        {{ finish_key_seconds('performance.last_finish_key') }}::numeric(8, 2) as last_time_seconds,
        coalesce(goings.going_breakdown, '{}'::jsonb) as going_breakdown,
        {{ performance_figures('performance') }}
    from performance
    left join goings
        on
            performance.entity_id = goings.entity_id
            and performance.group_name = goings.distance
            and performance.entity_type = goings.entity_type
            and performance.is_all = goings.is_all
            and coalesce(performance.code, '') = coalesce(goings.code, '')
    {{ computed_once() }}

),

-- Flat and hurdle times do not mix, so all runs together have none.
final as (

    select
        {{ row_id([
            ['entity_type', 'figures.entity_type'],
            ['entity', 'figures.entity_id'],
            ['furlongs', 'figures.furlongs::text'],
            ['scope', 'scopes.scope'],
        ]) }} as id,
        figures.entity_type,
        figures.entity_id,
        (figures.furlongs * 220)::integer as distance_yards,
        figures.distance_display,
        case when scopes.scope != 'all' then figures.best_time_seconds end as best_time_seconds,
        case when scopes.scope != 'all' then figures.avg_time_seconds end as avg_time_seconds,
        case when scopes.scope != 'all' then figures.last_time_seconds end as last_time_seconds,
        figures.going_breakdown,
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
