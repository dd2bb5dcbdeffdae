{#- The table of a model, for an operation, which belongs to no group and may refer to none that is private. -#}
{% macro relation_of(name) -%}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name].relation_name) }}
{%- endmacro %}
