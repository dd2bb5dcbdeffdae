{{ config(
    unique_key=['table_name', 'column_name'],
    indexes=[{'columns': ['table_name', 'column_name'], 'unique': true}],
    meta={
        'unit': ['table_name'],
        'changes': {
            'ra_performance_by_venue': {'as': [["'ra_performance_by_venue'"]]},
            'ra_performance_by_distance': {'as': [["'ra_performance_by_distance'"]]},
            'ra_entity_combinations': {'as': [["'ra_entity_combinations'"]]},
            'ra_runner_statistics': {'as': [["'ra_runner_statistics'"]]},
            'ra_runner_changes': {'as': [["'ra_runner_changes'"]]},
            'ra_runner_connections': {'as': [["'ra_runner_connections'"]]},
            'ra_features': {'as': [["'ra_features'"]]},
            'ra_mst_dams': {'as': [["'ra_mst_dams'"]]},
        },
        'describes': [
            'ra_performance_by_venue', 'ra_performance_by_distance', 'ra_entity_combinations',
            'ra_runner_statistics', 'ra_runner_changes', 'ra_runner_connections', 'ra_features',
            'ra_mst_dams',
        ],
    },
) }}

with

venues as (

    {{ rows_or_changes('ra_performance_by_venue', net=false) }}

),

distances as (

    {{ rows_or_changes('ra_performance_by_distance', net=false) }}

),

combinations as (

    {{ rows_or_changes('ra_entity_combinations', net=false) }}

),

runner_statistics as (

    {{ rows_or_changes('ra_runner_statistics', net=false) }}

),

runner_changes as (

    {{ rows_or_changes('ra_runner_changes', net=false) }}

),

runner_connections as (

    {{ rows_or_changes('ra_runner_connections', net=false) }}

),

features as (

    {{ rows_or_changes('ra_features', net=false) }}

),

dams as (

    {{ rows_or_changes('ra_mst_dams', net=false) }}

),

counts as (

    {{ total_counts('ra_performance_by_venue', 'venues') }}

    union all

    {{ total_counts('ra_performance_by_distance', 'distances') }}

    union all

    {{ total_counts('ra_entity_combinations', 'combinations') }}

    union all

    {{ total_counts('ra_runner_statistics', 'runner_statistics') }}

    union all

    {{ total_counts('ra_runner_changes', 'runner_changes') }}

    union all

    {{ total_counts('ra_runner_connections', 'runner_connections') }}

    union all

    {{ total_counts('ra_features', 'features') }}

    union all

    {{ total_counts('ra_mst_dams', 'dams') }}

    {% if by_changes() %}
        union all

        select
            table_name,
            column_name,
            eligible,
            filled
        from {{ this }}
    {% endif %}

),

final as (

    select
        table_name,
        column_name,
        sum(eligible)::bigint as eligible,
        sum(filled)::bigint as filled
    from counts
    where {{ is_taken_up('table_name') }} and column_name is not null
    group by table_name, column_name

)

select * from final
