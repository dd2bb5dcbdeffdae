{#- Standard British each-way terms by the number of runs and whether the race is a handicap: how
    many places are paid (none: win only) and the fraction of the odds, as its denominator. -#}
{% macro paid_places(runs, is_handicap) -%}
    case
        when {{ runs }} < 5 then 0
        when {{ runs }} < 8 then 2
        when {{ runs }} >= 16 and {{ is_handicap }} then 4
        else 3
    end
{%- endmacro %}

{% macro place_denominator(runs, is_handicap) -%}
    case
        when {{ runs }} < 8 then 4
        when {{ runs }} >= 12 and {{ is_handicap }} then 4
        else 5
    end
{%- endmacro %}
