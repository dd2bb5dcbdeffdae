{#- A weight in pounds as racing writes it, stones and pounds: 128 is "9-2". -#}
{% macro stones_and_pounds(pounds) -%}
    ({{ pounds }} / 14)::text || '-' || ({{ pounds }} % 14)::text
{%- endmacro %}
