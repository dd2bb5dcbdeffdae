with

runs as not materialized (

    select * from {{ ref('int_runs') }}

),

-- Most groups have runs of one code only: their row is that of all their runs, too.
by_code as (
    {% for kind, breakdown, column in breakdowns() %}
        select
            '{{ kind }}' as entity_type,
            {{ kind }}_id as entity_id,
            '{{ breakdown }}' as breakdown,
            {{ column }} as group_name,
            code,
            count(*) over (partition by {{ kind }}_id, {{ column }}) = 1 as is_all,
            {{ run_measures() }},
            {% if breakdown == 'overall' %}
                max(race_date) as last_run_on,
                max(race_date) filter (where is_win) as last_win_on,
            {% else %}
                null::date as last_run_on,
                null::date as last_win_on,
            {% endif %}
            {% if breakdown == 'distance' %}
                {{ from_scaled('min(finish_seconds)') }}::numeric(8, 2) as best_time_seconds,
                {{ from_scaled('avg(finish_seconds)') }}::numeric(8, 2) as avg_time_seconds,
                {{ last_finish_seconds('finish_key') }}::numeric(8, 2) as last_time_seconds,
            {% else %}
                null::numeric(8, 2) as best_time_seconds,
                null::numeric(8, 2) as avg_time_seconds,
                null::numeric(8, 2) as last_time_seconds,
            {% endif %}
            min(first_landed_at) as first_landed_at,
            max(changed_at) as changed_at
        from runs
        where {{ kind }}_id is not null and {{ column }} is not null
        group by {{ kind }}_id, {{ column }}, code
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

-- Flat and hurdle times do not mix, so all runs together have none.
together as (

    select
        entity_type,
        entity_id,
        breakdown,
        group_name,
        null as code,
        true as is_all,
        {% for measure in run_measure_names() %}
            sum({{ measure }})::bigint as {{ measure }},
        {% endfor %}
        max(last_run_on) as last_run_on,
        max(last_win_on) as last_win_on,
        null::numeric(8, 2) as best_time_seconds,
        null::numeric(8, 2) as avg_time_seconds,
        null::numeric(8, 2) as last_time_seconds,
        min(first_landed_at) as first_landed_at,
        max(changed_at) as changed_at
    from by_code
    where not is_all
    group by entity_type, entity_id, breakdown, group_name

),

final as (

    select * from by_code
    union all
    select * from together

)

select * from final
