{#- A number of which 0 says "not measured": an age, weight, rating, distance or time. -#}
{% macro measured(number) -%}
    nullif({{ number }}, 0)
{%- endmacro %}

{#- A written time or distance, unless it is nothing but zeros: "0:00.00", "0m0f", "0m 0.00s (slow by 0.00s)".
    -#}
{% macro measured_text(text) -%}
    case when {{ text }} !~ '^[0:.\smfys]*(?:\(.*)?$' then {{ text }} end
{%- endmacro %}
