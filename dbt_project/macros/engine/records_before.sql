{#- CTEs that end in one of a connection's name: for each of `entries`, the records of the entity in its column `key` from
    `runs` before the day. In a table that is made anew every run is looked at, and an entry that was run as it was declared
    is one row with its run. Else those runs are looked at that lie within a year before the first entry of the entity, and
    what was before them is summed up as one row a record. -#}
{% macro records_before(name, key, records) -%}
    {%- set shared = [key] + records | map(attribute=1) | unique | list -%}
    {%- set conditions = shared[1:] | reject('eq', 'is_any') | list -%}
    {%- set measures = record_measures().keys() | list -%}
    {{ name }}_rows as (

        {%- if by_changes() %}

        select
            runner_id,
            race_date,
            {{ shared | join(', ') }},
            null::bigint as {{ measures | join(', null::bigint as ') }}
        from entries
        where {{ key }} is not null
        union all
        select
            null as runner_id,
            runs.race_date,
            runs.{{ shared | join(', runs.') }},
            runs.{{ measures | join(', runs.') }}
        from runs
        inner join {{ name }}_since as first on runs.{{ key }} = first.{{ key }} and runs.race_date > first.since
        union all
        select
            null as runner_id,
            first.since as race_date,
            runs.{{ key }},
            {%- if conditions %}
            grouping(runs.{{ conditions | join(', runs.') }}) = {{ 2 ** (conditions | length) - 1 }} or null as is_any,
            runs.{{ conditions | join(', runs.') }},
            {%- else %}
            true as is_any,
            {%- endif %}
            {%- for measure in measures %}
            {{ exact_sum('runs.' ~ measure) }} as {{ measure }}{{ "," if not loop.last }}
            {%- endfor %}
        from runs
        inner join {{ name }}_since as first on runs.{{ key }} = first.{{ key }} and runs.race_date <= first.since
        group by
            runs.{{ key }}, first.since
            {%- if conditions %}, grouping sets ((), (runs.{{ conditions | join('), (runs.') }})){% endif %}

        {%- else %}

        select
            runner_id,
            race_date,
            {{ shared | join(', ') }}
            {%- for measure in measures %},
            case when {{ run_as_declared(shared) }} then run_{{ measure }} end as {{ measure }}
            {%- endfor %}
        from entries_and_runs
        where {{ key }} is not null
        union all
        select
            null as runner_id,
            race_date,
            run_{{ shared | join(', run_') }},
            run_{{ measures | join(', run_') }}
        from entries_and_runs
        where run_{{ key }} is not null and not ({{ run_as_declared(shared) }})

        {%- endif %}

    ),

    {{ name }} as (

        select
            runner_id
            {%- for record, column, days in records %}
            {%- for measure, type in record_measures().items() %},
            case when {{ column }} is not null then coalesce({{ exact_sum(measure) }} over {{ record }}_before, 0)::{{ type }} end
                as {{ record }}_{{ measure }}
            {%- endfor %}
            {%- endfor %}
        from {{ name }}_rows
        window
            {%- for record, column, days in records %}
            {{ record }}_before as (
                partition by {{ key }}, {{ column }}
                order by race_date
                range between {{ "interval '" ~ days ~ " days'" if days else "unbounded" }} preceding and interval '1 day' preceding
            ){{ "," if not loop.last }}
            {%- endfor %}

    )
{%- endmacro %}

{#- The first day of each entity's entries, less the longest time that a record goes back and a day. -#}
{% macro records_since(name, key) -%}
    {{ name }}_since as (

        select
            {{ key }},
            min(race_date) - 366 as since
        from entries
        where {{ key }} is not null
        group by {{ key }}

    )
{%- endmacro %}

{#- Whether an entry and its run have all of these columns alike. -#}
{% macro run_as_declared(columns) -%}
    {%- for column in columns -%}
    ({{ column }} is not distinct from run_{{ column }}){{ " and " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
