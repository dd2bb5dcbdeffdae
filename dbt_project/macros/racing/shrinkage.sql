{#- How far the true A/Es of some records lie apart, as a variance around 1: the squares by which their wins missed the
    expected wins, over these, less what chance alone makes of them, per expected win. `chance` is the variance that chance
    alone gives the wins. These are the moments and weights of Marshall, Mapping disease and mortality rates using
    empirical Bayes estimators (1991), but for the chance of a run, which is no more than p x (1 - p). 0 where chance
    alone makes as much. -#}
{% macro ae_variance(wins, expected, chance, window) -%}
    greatest(
            sum(
                (({{ wins }} - {{ expected }}) * ({{ wins }} - {{ expected }}) - {{ chance }}) / {{ expected }}
            ) over {{ window }}
            / sum({{ expected }}) over {{ window }},
            0
        )
{%- endmacro %}

{#- The A/E that is to be believed of a record: its own, drawn towards 1 by as much as chance has a part in it beside
    that variance. Where true A/Es do not differ, 1. -#}
{% macro ae_shrunk(wins, expected, chance, variance) -%}
    round(
            1 + ({{ wins }} / {{ expected }} - 1) * coalesce(
                {{ variance }} / nullif({{ variance }} + {{ chance }} / ({{ expected }} * {{ expected }}), 0), 0
            ),
            3
        )
{%- endmacro %}
