{#- A prize in pounds: euros at the average rate of the race's year, or of the nearest year that has
    one. `rates` is a row of eur_gbp_rates. -#}
{% macro prize_in_gbp(amount, currency, rates) -%}
    case when {{ currency }} = 'EUR' then round({{ amount }} * {{ rates }}.gbp_per_eur, 2) else {{ amount }} end
{%- endmacro %}
