{#- How full the columns of a table are, and whether that is enough. `columns` have a name and what
    their meta says: min_population or expected_population (shares; of a column with neither nothing
    is asked), population_where (a condition, default all rows), sent_before and sent_since (days:
    the feed sent it for races before, or since) and plan (the smallest that fills it, default free).
    `race_id` and `race_date` are columns or expressions, none in a table without races; `row_plan` is
    one for the smallest plan that a row came from, the same for all rows where they sum up many
    races. `studbook inventory` renders this file too, without dbt: it may use nothing but its
    arguments and its own macros. -#}

{#- The plans of accounts, the smallest first. -#}
{% macro plans() -%}
    free basic standard pro
{%- endmacro %}

{#- Whether a plan includes what another one, given by its name, has. -#}
{% macro has_plan(plan, needed) -%}
    {%- set known = plans().split() -%}
    {{ plan }} in ('{{ known[known.index(needed):] | join("', '") }}')
{%- endmacro %}

{#- A query of the plans that races came from, the smallest first. -#}
{% macro seen_plans(races) -%}
    select plan
    from {{ races }}
    where plan is not null
    group by plan
    order by array_position(string_to_array('{{ plans() }}', ' '), plan)
{%- endmacro %}

{#- The share that is asked of a column; none where nothing is. -#}
{% macro share_asked(column) -%}
    {{ column.expected_population if column.min_population is none else column.min_population }}
{%- endmacro %}

{#- The rows of a table that can have a value in a column. -#}
{% macro can_be_filled(column, race_date, row_plan) -%}
    {%- set conditions = (['(' ~ column.population_where ~ ')'] if column.population_where else [])
        + ([race_date ~ " < '" ~ column.sent_before ~ "'"] if column.sent_before and race_date else [])
        + ([race_date ~ " >= '" ~ column.sent_since ~ "'"] if column.sent_since and race_date else [])
        + ([has_plan(row_plan, column.plan)] if column.plan and row_plan else []) -%}
    {{ conditions | join(' and ') or 'true' }}
{%- endmacro %}

{#- Whether so many of so many rows are enough for a share, within three standard errors, so that a
    handful of races does not fail what a season meets. `chances` is how many things could each have
    gone otherwise: races, for the rows of a race come in one payload; days where there are fewer than
    five, for what a day lacks it lacks throughout; rows in a table without races. -#}
{% macro is_filled_enough(filled, eligible, share, chances) -%}
    case
        when {{ share }} is null then null
        when {{ eligible }} = 0 then true
        else {{ filled }} >= {{ eligible }} * ({{ share }} - 3 * sqrt({{ share }} * (1 - {{ share }}) / {{ chances }}))
    end
{%- endmacro %}

{#- What could have gone otherwise where a table has races. -#}
{% macro races_or_days(races, days) -%}
    case when {{ days }} < 5 then {{ days }} else {{ races }} end
{%- endmacro %}

{#- CTEs, the last of which is by_day: its rows and, for the nth column, rows with a value
    (not_null_n), rows that can have one (eligible_n), those of them with one (filled_n) and the
    races that have a row that can (races_n). Without races each row counts as one. -#}
{% macro counts_by_day(relation, columns, race_id, race_date, row_plan) -%}
asked as (

    select
        {{ race_id or '0' }} as race,
        {{ race_date or 'null::date' }} as race_date
        {%- for column in columns %},
        {{ column.name }} is not null as has_{{ loop.index }},
        {{ can_be_filled(column, race_date, row_plan) }} as can_{{ loop.index }}
        {%- endfor %}
    from {{ relation }}

),

by_race as (

    select
        race,
        race_date,
        count(*) as table_rows
        {%- for column in columns %},
        count(*) filter (where has_{{ loop.index }}) as not_null_{{ loop.index }},
        count(*) filter (where can_{{ loop.index }}) as eligible_{{ loop.index }},
        count(*) filter (where can_{{ loop.index }} and has_{{ loop.index }}) as filled_{{ loop.index }}
        {%- endfor %}
    from asked
    group by race, race_date

),

by_day as (

    select
        race_date,
        sum(table_rows)::bigint as table_rows
        {%- for column in columns %},
        sum(not_null_{{ loop.index }})::bigint as not_null_{{ loop.index }},
        sum(eligible_{{ loop.index }})::bigint as eligible_{{ loop.index }},
        sum(filled_{{ loop.index }})::bigint as filled_{{ loop.index }},
        {{ 'count(*) filter (where eligible_' ~ loop.index ~ ' > 0)' if race_id
            else 'sum(eligible_' ~ loop.index ~ ')::bigint' }} as races_{{ loop.index }}
        {%- endfor %}
    from by_race
    group by race_date

)
{%- endmacro %}

{#- One row for each column: the table's rows, how many of them have a value, the column's eligible
    rows, how many of those are filled, and whether their share is enough for what is asked. -#}
{% macro population_counts(relation, columns, race_id=none, race_date=none, row_plan=none) -%}
{%- set by_races = namespace(needed=false) -%}
{%- for column in columns if share_asked(column) not in ('None', '0', '1', '0.0', '1.0') -%}
    {%- set by_races.needed = race_id -%}
{%- endfor -%}
with

{{ counts_by_day(relation, columns, race_id if by_races.needed else none, race_date, row_plan) }},

counted as (

    select
        coalesce(sum(table_rows), 0)::bigint as table_rows
        {%- for column in columns %},
        coalesce(sum(not_null_{{ loop.index }}), 0)::bigint as not_null_{{ loop.index }},
        coalesce(sum(eligible_{{ loop.index }}), 0)::bigint as eligible_{{ loop.index }},
        coalesce(sum(filled_{{ loop.index }}), 0)::bigint as filled_{{ loop.index }},
        sum(races_{{ loop.index }}) as races_{{ loop.index }},
        count(*) filter (where eligible_{{ loop.index }} > 0) as days_{{ loop.index }}
        {%- endfor %}
    from by_day

)

select
    columns.column_name,
    counted.table_rows,
    columns.not_null,
    columns.eligible,
    columns.filled,
    {{ is_filled_enough(
        'columns.filled',
        'columns.eligible',
        'columns.share',
        races_or_days('columns.races', 'columns.days') if by_races.needed else 'columns.races',
    ) }} as is_enough,
    columns.share as share_asked,
    columns.population_where
from counted
cross join lateral (
    values
    {%- for column in columns %}
    (
        '{{ column.name }}',
        not_null_{{ loop.index }},
        eligible_{{ loop.index }},
        filled_{{ loop.index }},
        races_{{ loop.index }},
        days_{{ loop.index }},
        {{ share_asked(column) | replace('None', 'null') }}::numeric,
        '{{ can_be_filled(column, race_date, row_plan) | replace("'", "''") }}'
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as columns (column_name, not_null, eligible, filled, races, days, share, population_where)
{%- endmacro %}
