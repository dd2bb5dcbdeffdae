{#- Days since the horse was last seen out, under either code: the smallest number in a card's
    last_run, "128 (9F)" or "(32F)". -#}
{% macro shortest_absence(last_run) -%}
    (
        select min(days.found[1]::integer)
        from regexp_matches({{ last_run }}, '(\d{1,5})', 'g') as days (found)
    )
{%- endmacro %}
