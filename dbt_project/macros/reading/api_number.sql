{#- A number sent as text; what is no number, or none that racing knows (nothing measured or priced
    here has more than five digits), is not known, and fails no build. The patterns of this folder
    capture no group where they can, and are matched rather than cut out: PostgreSQL is twice as fast so. -#}
{% macro api_numeric(expression) -%}
    case
        when {{ expression }} ~ '^\s*[-+]?(?:\d{1,5}(?:\.\d*)?|\.\d+)\s*$' then ({{ expression }})::numeric
    end
{%- endmacro %}

{#- A whole number sent as text; "1400.0" is one. -#}
{% macro api_integer(expression) -%}
    case
        when {{ expression }} ~ '^\s*[-+]?\d{1,9}(?:\.\d*)?\s*$' then round(({{ expression }})::numeric)::integer
    end
{%- endmacro %}

{#- A percentage sent as text, 0 to 100. -#}
{% macro api_percentage(expression) -%}
    case when {{ api_numeric(expression) }} between 0 and 100 then {{ api_numeric(expression) }} end
{%- endmacro %}
