{#- CTEs that end in one of a connection's name: for each of `entries`, the records of the entity in its column `key` from
    `runs` before the day. In a table that is made anew every run is looked at, and an entry that was run as it was declared
    is one row with its run. Else those runs are looked at that lie within the longest time that a record goes back from
    the first entry of the entity; what was before them are its `totals` less these. Days are compared as whole numbers,
    which is faster than dates with intervals. Where `adds_up`, the records of an entry that is not taken up as a whole
    are those that it had, and with them the `changed_runs` before its day. -#}
{% macro records_before(name, key, records, adds_up=false) -%}
    {%- set shared = [key] + records | map(attribute=1) | unique | list -%}
    {%- set measures = record_measures().keys() | list -%}
    {% if by_changes() -%}
    {{ name }}_entries as (

        select * from entries
        where {{ key }} is not null{% if adds_up %} and {{ is_taken_up(part='whole') }}{% endif %}

    ),

    {{ name }}_since as (

        select
            {{ key }},
            min(race_date) - {{ records | map(attribute=2) | select | max + 1 }} as since
        from {{ name }}_entries
        group by {{ key }}

    ),

    {{ name }}_runs as (

        select
            runs.race_date,
            runs.{{ shared | join(', runs.') }},
            runs.{{ measures | join(', runs.') }}
        from runs
        inner join {{ name }}_since as first on runs.{{ key }} = first.{{ key }} and runs.race_date > first.since

    ),

    {% endif -%}
    {{ name }}_rows as (

        {%- if by_changes() %}

        select
            runner_id,
            race_date,
            {{ shared | join(', ') }},
            null::bigint as {{ measures | join(', null::bigint as ') }}
        from {{ name }}_entries
        union all
        select
            null as runner_id,
            race_date,
            {{ shared | join(', ') }},
            {{ measures | join(', ') }}
        from {{ name }}_runs
        {%- for condition in shared[1:] %}
        union all
        select
            null as runner_id,
            first.since as race_date,
            asked.{{ key }},
            {%- for column in shared[1:] %}
            {{ 'asked.' ~ column if column == condition else 'null' }} as {{ column }},
            {%- endfor %}
            totals.{{ measures | join(', totals.') }}
        from (select distinct {{ key }}, {{ condition }} from {{ name }}_entries) as asked
        inner join {{ name }}_since as first on asked.{{ key }} = first.{{ key }}
        inner join totals
            on totals.entity_id = asked.{{ key }} and totals.value = asked.{{ condition }}::text
            and totals.condition = '{{ condition }}' and totals.entity_type = '{{ name }}'
        union all
        select
            null as runner_id,
            first.since as race_date,
            since.{{ key }},
            {%- for column in shared[1:] %}
            {{ 'since.' ~ column if column == condition else 'null' }} as {{ column }},
            {%- endfor %}
            {%- for measure in measures %}
            -{{ exact_sum('since.' ~ measure) }} as {{ measure }}{{ "," if not loop.last }}
            {%- endfor %}
        from {{ name }}_runs as since
        inner join {{ name }}_since as first on since.{{ key }} = first.{{ key }}
        where (since.{{ key }}, since.{{ condition }}) in (select {{ key }}, {{ condition }} from {{ name }}_entries)
        group by since.{{ key }}, first.since, since.{{ condition }}
        {%- endfor %}

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

    {{ name }}_windows as (

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
                order by race_date - date '1970-01-01'
                range between {{ days or 'unbounded' }} preceding and 1 preceding
            ){{ "," if not loop.last }}
            {%- endfor %}

    ),

    {% if adds_up -%}
    {{ name }}_added as (

        select
            entries.runner_id
            {%- for record, column, days in records %}
            {%- for measure in measures %},
            sum(changed.change * changed.{{ measure }}) filter (
                where changed.{{ column }} = entries.{{ column }}
                    {%- if days %} and changed.race_date >= entries.race_date - {{ days }}{% endif %}
            ) as {{ record }}_{{ measure }}
            {%- endfor %}
            {%- endfor %}
        from entries
        inner join changed_runs as changed on entries.{{ key }} = changed.{{ key }} and entries.race_date > changed.race_date
        where {{ is_taken_up_without('whole', 'entries.runner_id') }}
        group by entries.runner_id

    ),

    {% endif -%}
    -- Runs as they come between are of no more use.
    {{ name }} as (

        select * from {{ name }}_windows
        where runner_id is not null
        {%- if adds_up %}
        union all
        select
            known.runner_id
            {%- for record, _, _ in records %}
            {%- for measure, type in record_measures().items() %},
            (known.{{ record }}_{{ measure }} + coalesce(added.{{ record }}_{{ measure }}, 0))::{{ type }}
                as {{ record }}_{{ measure }}
            {%- endfor %}
            {%- endfor %}
        from {{ this }} as known
        left join {{ name }}_added as added on known.runner_id = added.runner_id
        where {{ is_taken_up_without('whole', 'known.runner_id') }}
        {%- endif %}

    )
{%- endmacro %}

{#- Whether an entry and its run have all of these columns alike. -#}
{% macro run_as_declared(columns) -%}
    {%- for column in columns -%}
    ({{ column }} is not distinct from run_{{ column }}){{ " and " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
