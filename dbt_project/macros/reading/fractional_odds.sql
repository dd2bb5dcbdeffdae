{#- The price in front of a name in a betting forecast, as a fraction: "7/2 Bird Of War" is 7/2, evens 1/1. -#}
{% macro forecast_price(entry) -%}
    case
        when {{ entry }} ~* '^\s*(evs|evens)\s' then '1/1'
        else substring({{ entry }} from '^\s*(\d+/\d+)\s')
    end
{%- endmacro %}

{#- The name behind it. -#}
{% macro forecast_name(entry) -%}
    regexp_replace({{ entry }}, '^\s*(\d+/\d+|evs|evens)\s', '', 'i')
{%- endmacro %}

{#- The decimal of fractional odds: "7/2" is 4.5. -#}
{% macro fractional_to_decimal(expression) -%}
    substring({{ expression }} from '^(\d{1,6})/\d')::numeric
    / nullif(substring({{ expression }} from '^\d{1,6}/(\d{1,6})$')::numeric, 0) + 1
{%- endmacro %}
