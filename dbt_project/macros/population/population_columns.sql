{#- The columns of a model that have a minimum population, with its condition. -#}
{% macro population_columns(node) -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() if column.meta.get('min_population') is not none -%}
        {%- do columns.append({
            'name': column.name,
            'min_population': column.meta['min_population'],
            'population_where': column.meta.get('population_where'),
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
