{#- The version of the rules by which payloads are read: the macros of this folder, those of the engine that take
    a payload apart, what is a run (racing/runs.sql), and the models over raw. Whoever changes one of them raises it, and the next run unpacks
    every payload again; a test holds each version to its rules. -#}
{% macro reading_version() -%}
    4
{%- endmacro %}
