{#- One scan of a table: its rows and, for every column, how many of them have a value, its eligible
    rows (meta.population_where, default all), how many of those are filled, the minimum share
    (null: none is asked for), and whether the share is enough: within three standard errors, so
    that a handful of rows does not fail what a season meets. A column whose condition no row meets
    is filled enough. `studbook inventory` renders this file too, without dbt: it may use nothing
    but its arguments. -#}
{% macro population_counts(relation, columns) -%}
with

counted as (

    select
        count(*) as table_rows
        {%- for column in columns %}
        {%- set eligible = ' filter (where ' ~ column.population_where ~ ')' if column.population_where else '' %},
        count({{ column.name }}) as not_null_{{ loop.index }},
        count(*){{ eligible }} as eligible_{{ loop.index }},
        count({{ column.name }}){{ eligible }} as filled_{{ loop.index }}
        {%- endfor %}
    from {{ relation }}

)

select
    columns.column_name,
    counted.table_rows,
    columns.not_null,
    columns.eligible,
    columns.filled,
    columns.filled >= columns.eligible * columns.min_population
    - 3 * sqrt(columns.eligible * columns.min_population * (1 - columns.min_population)) as is_enough,
    columns.min_population,
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
        {{ 'null' if column.min_population is none else column.min_population }}::numeric,
        '{{ (column.population_where or 'true') | replace("'", "''") }}'
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as columns (column_name, not_null, eligible, filled, min_population, population_where)
{%- endmacro %}
