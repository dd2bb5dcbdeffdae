{#- The value of the first row, in the order given, that knows one. -#}
{% macro newest(expression, order_by) -%}
    (array_agg({{ expression }} order by {{ order_by }}) filter (where {{ expression }} is not null))[1]
{%- endmacro %}
