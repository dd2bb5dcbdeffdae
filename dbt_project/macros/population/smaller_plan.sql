{#- The smaller one of two plans, either of which may be null. -#}
{% macro smaller_plan(one, other) -%}
    case
        {%- for plan in plans().split() %}
        when '{{ plan }}' in ({{ one }}, {{ other }}) then '{{ plan }}'
        {%- endfor %}
    end
{%- endmacro %}
