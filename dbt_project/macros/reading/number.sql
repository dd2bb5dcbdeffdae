{#- The number of a saddle cloth or a stall as text; 0 is none. -#}
{% macro stated_number(text) -%}
    case when {{ text }} !~ '^0+$' then {{ text }} end
{%- endmacro %}

{#- The whole number of a saddle cloth or a stall: coupled horses run as 1 and 1A, which is one number. -#}
{% macro leading_number(expression) -%}
    nullif(substring({{ expression }} from '^\s*(\d{1,4})')::integer, 0)
{%- endmacro %}

{#- A reserve, "R1", waits for a horse to drop out; it is no runner before. -#}
{% macro is_reserve_number(number) -%}
    coalesce(upper(btrim({{ number }})) ~ '^R\d{1,2}$', false)
{%- endmacro %}
