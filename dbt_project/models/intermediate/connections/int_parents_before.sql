{{ config(
    unique_key='runner_id',
    indexes=[{'columns': ['runner_id'], 'unique': true}],
    meta={
        'unit': ['runner_id'],
        'changes': {
            'int_connection_totals': [],
            'int_declarations': {'columns': columns_declared(parents_behind())},
            'int_connected_runs': [
                {'through': 'int_declarations', 'on': ['sire_id'], 'later': 'race_date', 'part': 'records'},
                {'through': 'int_declarations', 'on': ['dam_id'], 'later': 'race_date', 'part': 'records'},
                {'through': 'int_declarations', 'on': ['damsire_id'], 'later': 'race_date', 'part': 'records'},
            ],
        },
    },
) }}

{% set behind = parents_behind() %}
{% set totals = ref('int_connection_totals') %}
{% set adds_up = adds_up_changed_runs() %}

with

declarations as (

    select * from {{ ref('int_declarations') }}
    where {{ is_taken_up() }}

),

entries as (

    select
        *,
        true as any_run
    from declarations

),

runs as not materialized (

    select
        *,
        true as any_run,
        {{ run_as_record() }}
    from {{ ref('int_connected_runs') }}

),

{% if by_changes() %}

    totals as not materialized (

        {{ totals_of_all_runs(totals) }}

    ),

    {% if adds_up %}

        changed_runs as (

            {{ changed_runs() }}

        ),

    {% endif %}

{% else %}

    entries_and_runs as materialized (

        select
            entries.runner_id,
            {% for column in columns_shared(behind) %}
                entries.{{ column }},
                runs.{{ column }} as run_{{ column }},
            {% endfor %}
            {% for measure in record_measures() %}
                runs.{{ measure }} as run_{{ measure }},
            {% endfor %}
            coalesce(entries.race_date, runs.race_date) as race_date
        from entries
        full outer join runs on entries.runner_id = runs.runner_id

    ),

{% endif %}

{% for name, (key, records) in behind.items() %}

    {{ records_before(name, key, records, adds_up) }},

{% endfor %}

final as (

    select
        {% for name, (_, records) in behind.items() %}
            {% for record, _, _ in records %}
                {% for measure in record_measures() %}
                    {{ name }}.{{ record }}_{{ measure }},
                {% endfor %}
            {% endfor %}
        {% endfor %}
        entries.runner_id
    from entries
    {% for name in behind %}
        left join {{ name }} on entries.runner_id = {{ name }}.runner_id
    {% endfor %}

)

select * from final
