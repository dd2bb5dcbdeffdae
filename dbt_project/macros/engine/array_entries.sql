{#- The entries of a JSON array; whatever is not an array has none. -#}
{% macro array_entries(expression) -%}
    jsonb_array_elements(
        case when jsonb_typeof({{ expression }}) = 'array' then {{ expression }} end
    )
{%- endmacro %}
