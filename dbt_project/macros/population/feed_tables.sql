{#- The tables whose columns are told about by day and month, with what their rows are called. -#}
{% macro feed_tables() -%}
    {{ return({'ra_races': 'races', 'ra_runners': 'runners', 'ra_race_results': 'runners', 'ra_runner_odds': 'prices'}) }}
{%- endmacro %}

{#- One of them in dbt's graph, in which nothing is while dbt parses, or runs a unit test. -#}
{% macro feed_node(name) -%}
    {{ return(graph.get('nodes', {}).get('model.' ~ project_name ~ '.' ~ name) if execute) }}
{%- endmacro %}

{#- The columns of a table that have an expected share. Those of feed_tables that the feed itself sends
    are told about, once each: a column that follows another is told with that one. -#}
{% macro feed_columns(name) -%}
    {%- set columns = [] -%}
    {%- set node = feed_node(name) -%}
    {%- if node -%}
        {%- for column in population_columns(node, 'expected_population') -%}
            {%- do columns.append({
                'name': column.name, 'population_where': column.population_where, 'plan': column.plan,
                'is_told': name in feed_tables() and not column.follows and column.source.startswith('/v1/'),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The SQL of the plan that a row of one of them came from. -#}
{% macro feed_row_plan(name) -%}
    {%- set node = feed_node(name) -%}
    {{ return(node.config.meta.row_plan if node else none) }}
{%- endmacro %}
