{#- Text as the API sends it; its four ways of saying "not known" become null. -#}
{% macro api_text(expression) -%}
    nullif(nullif(nullif(nullif(btrim({{ expression }}), ''), '-'), '–'), 'None')
{%- endmacro %}
