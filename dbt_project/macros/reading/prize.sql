{#- The number of a prize: "3245.08", "€7080", "£4,193". -#}
{% macro prize_amount(expression) -%}
    substring(replace(ltrim({{ expression }}, ' €£'), ',', '') from '^\d{1,9}(?:\.\d+)?\s*$')::numeric
{%- endmacro %}

{#- The currency of a prize: only the euro sign says other than pounds. -#}
{% macro prize_currency(expression) -%}
    case
        when {{ prize_amount(expression) }} is null then null
        when {{ expression }} like '%€%' then 'EUR'
        else 'GBP'
    end
{%- endmacro %}
