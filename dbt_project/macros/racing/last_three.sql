{#- The best of a rating in the last three of some runs, and the one in the middle: of two their mean. `window` has those
    three rows; runs without a rating have none of the three. -#}
{% macro last_three_ratings(rating, window) -%}
    max({{ rating }}) over {{ window }} as best_{{ rating }},
    case
        when count({{ rating }}) over {{ window }} = 3
            then
                sum({{ rating }}) over {{ window }}
                - max({{ rating }}) over {{ window }}
                - min({{ rating }}) over {{ window }}
        else avg({{ rating }}) over {{ window }}
    end::numeric(5, 1) as median_{{ rating }}
{%- endmacro %}

{#- The scales on which a horse earns ratings. -#}
{% macro rating_scales() -%}
    {{ return(['rpr', 'tsr', 'performance_rating', 'speed_rating']) }}
{%- endmacro %}
