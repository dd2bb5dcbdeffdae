{#- Behind a subquery: PostgreSQL computes its columns once, where they stand, instead of merging it into what
    reads it and computing them at every use. -#}
{% macro computed_once() -%}
    offset 0
{%- endmacro %}
