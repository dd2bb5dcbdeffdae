{#- The table of a private model as an operation reads it: `ref` gives it to models of its group alone. -#}
{% macro private_model(name) -%}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name].relation_name) }}
{%- endmacro %}
