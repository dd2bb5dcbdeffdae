{#- A boolean, sent as such or as text. -#}
{% macro api_flag(expression) -%}
    case lower({{ expression }}) when 'true' then true when 'false' then false end
{%- endmacro %}
