{#- A decimal price; the stake comes back with it, so only a figure above 1 is a price. -#}
{% macro price(expression) -%}
    nullif(greatest({{ api_numeric(expression) }}, 1), 1)
{%- endmacro %}
