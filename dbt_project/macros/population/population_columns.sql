{#- What the columns of a model say of how full they are (the keys of their meta that
    population_counts reads, and `source` and `follows`), of those that have a share of the kind
    asked for: min_population, or expected_population. A column that PostgreSQL itself keeps full, by
    a constraint of the contract, need not be counted. -#}
{% macro population_columns(node, kind) -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() if column.meta.get(kind) is not none
            and not column.constraints | selectattr('type', 'in', ['not_null', 'primary_key']) | list -%}
        {%- set described = {'name': column.name} -%}
        {%- for key in ['min_population', 'expected_population', 'population_where', 'sent_before', 'sent_since',
                'plan', 'source', 'follows'] -%}
            {%- do described.update({key: column.meta.get(key)}) -%}
        {%- endfor -%}
        {%- do columns.append(described) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The model or seed that a relation is, in dbt's graph, which is there when a node runs. -#}
{% macro model_of(relation) -%}
    {{ return(
        graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'seed'])
            | selectattr('relation_name', 'equalto', relation.render()) | first
    ) }}
{%- endmacro %}
