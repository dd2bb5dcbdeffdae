{#- A number sent as text; what is no number, or none that racing knows (nothing measured or priced
    here has more than five digits), is not known, and fails no build. The patterns of this folder
    capture no group where they can: PostgreSQL is twice as fast without. -#}
{% macro api_numeric(expression) -%}
    substring({{ expression }} from '^\s*[-+]?(?:\d{1,5}(?:\.\d*)?|\.\d+)\s*$')::numeric
{%- endmacro %}

{#- A whole number sent as text; "1400.0" is one. -#}
{% macro api_integer(expression) -%}
    round(substring({{ expression }} from '^\s*[-+]?\d{1,9}(?:\.\d*)?\s*$')::numeric)::integer
{%- endmacro %}

{#- A percentage sent as text, 0 to 100. -#}
{% macro api_percentage(expression) -%}
    case when {{ api_numeric(expression) }} between 0 and 100 then {{ api_numeric(expression) }} end
{%- endmacro %}
