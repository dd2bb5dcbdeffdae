{#- Text compared byte by byte, so that every server orders it alike. -#}
{% macro bytewise(expression) -%}
    {{ expression }} collate "C"
{%- endmacro %}
