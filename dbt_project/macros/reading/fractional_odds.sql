{#- The decimal of fractional odds: "7/2" is 4.5, "Evs" is 2. -#}
{% macro fractional_to_decimal(expression) -%}
    case
        when {{ expression }} in ('Evs', 'Evens') then 2
        else
            substring({{ expression }} from '^(\d{1,6})/\d')::numeric
            / nullif(substring({{ expression }} from '^\d{1,6}/(\d{1,6})$')::numeric, 0) + 1
    end
{%- endmacro %}
