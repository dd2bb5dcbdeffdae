{#- As dbt has it, but one at a time: "if not exists" does not keep two builds from making a schema at once. -#}
{% macro postgres__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        select pg_advisory_xact_lock(hashtext('studbook schemas'));
        create schema if not exists {{ relation.without_identifier().include(database=False) }}
    {%- endcall -%}
{%- endmacro %}
