{{ config(
    unique_key=['entity_id', 'entity_type', 'condition', 'value'],
    indexes=[{'columns': ['entity_id', 'value', 'condition', 'entity_type'], 'unique': true}],
    meta={
        'unit': ['entity_id', 'entity_type', 'condition', 'value'],
        'changes': {'int_connected_runs': {'each': totals_of_runs('changed')}},
    },
) }}

{% set key = ['entity_id', 'entity_type', 'condition', 'value'] %}
{% set measures = record_measures().keys() | list %}

with

connected_runs as not materialized (

    {{ rows_or_changes('int_connected_runs') }}

),

runs as not materialized (

    select
        *,
        true as any_run,
        {{ run_as_record() }}
    from connected_runs

),

{% if by_changes() %}

    counted as (

        select
            totals.{{ key | join(', totals.') }},
            runs.change,
            runs.{{ measures | join(', runs.') }}
        from runs
        cross join {{ totals_of_runs('runs') }}
        where totals.entity_id is not null and totals.value is not null
        union all
        select
            {{ key | join(', ') }},
            0 as change,
            {{ measures | join(', ') }}
        from {{ this }}
        where {{ is_taken_up() }}

    ),

    added_up as (

        {{ added_up('counted', key, 'runs', dict.fromkeys(measures), {}) }}

    ),

{% else %}

    added_up as (
        {% for kind, column, condition in conditions_of_records() %}
            select
                {{ column }} as entity_id,
                '{{ kind }}' as entity_type,
                '{{ condition }}' as condition,
                {{ condition }}::text as value,
                {{ record_sums() }}
            from runs
            where {{ column }} is not null and {{ condition }} is not null
            group by {{ column }}, {{ condition }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

{% endif %}

final as (

    select
        {% for measure in measures %}
            coalesce({{ measure }}, 0) as {{ measure }},
        {% endfor %}
        {{ key | join(', ') }}
    from added_up

)

select * from final
