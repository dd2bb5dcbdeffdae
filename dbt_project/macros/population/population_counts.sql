{#- One scan of a table: for every column its eligible rows (meta.population_where, default all), how many
    of them are filled, and the minimum share. Columns without a minimum are left out. -#}
{% macro population_counts(relation, columns) -%}
with

counted as (

    select
        {%- for column in columns %}
        count(*) filter (where {{ column.population_where }}) as eligible_{{ loop.index }},
        count({{ column.name }}) filter (where {{ column.population_where }}) as filled_{{ loop.index }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ relation }}

)

select
    columns.column_name,
    columns.eligible,
    columns.filled,
    columns.min_population,
    columns.population_where
from counted
cross join lateral (
    values
    {%- for column in columns %}
    (
        '{{ column.name }}',
        eligible_{{ loop.index }},
        filled_{{ loop.index }},
        {{ column.min_population }}::numeric,
        '{{ column.population_where | replace("'", "''") }}'
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as columns (column_name, eligible, filled, min_population, population_where)
{%- endmacro %}

{#- The columns of a model that have a minimum population, with its condition. -#}
{% macro population_columns(node) -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() if column.meta.get('min_population') is not none -%}
        {%- do columns.append({
            'name': column.name,
            'min_population': column.meta['min_population'],
            'population_where': column.meta.get('population_where', 'true'),
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
