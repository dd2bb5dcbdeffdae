{#- One code for all spellings of a firm: "Spread Ex" and "Spreadex" are spreadex. -#}
{% macro bookmaker_code(name) -%}
    nullif(regexp_replace(lower({{ name }}), '[^a-z0-9]', '', 'g'), '')
{%- endmacro %}
