{#- Figures that are summed are whole numbers of ten-billionths, ten decimals of them in a bigint: sums of
    these have the same digits in any order, and cost a fraction of numeric ones. -#}
{% macro to_scaled(figure) -%}
    ({{ figure }} * 10000000000)::bigint
{%- endmacro %}

{#- The figure itself, numeric with ten decimals. -#}
{% macro from_scaled(scaled) -%}
    ({{ scaled }} * 0.0000000001)
{%- endmacro %}
