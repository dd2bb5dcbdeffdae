{#- How far the true A/Es of some records lie apart, as a variance around 1: the squares by which their wins missed the
    expected wins, over these, less what chance alone makes of them (as in Archie, 1 - expected / runs each), per
    expected win. These are the moments and weights of Marshall, Mapping disease and mortality rates using empirical
    Bayes estimators (1991). 0 where chance alone makes as much. -#}
{% macro ae_variance(wins, expected, runs, window) -%}
    greatest(
            sum(
                ({{ wins }} - {{ expected }}) * ({{ wins }} - {{ expected }}) / {{ expected }}
                - (1 - {{ expected }} / {{ runs }})
            ) over {{ window }}
            / sum({{ expected }}) over {{ window }},
            0
        )
{%- endmacro %}

{#- The A/E that is to be believed of a record: its own, drawn towards 1 by as much as chance has a part in it beside
    that variance. Where true A/Es do not differ, 1. -#}
{% macro ae_shrunk(wins, expected, runs, variance) -%}
    round(
            1 + ({{ wins }} / {{ expected }} - 1) * coalesce(
                {{ variance }}
                / nullif({{ variance }} + (1 - {{ expected }} / {{ runs }}) / {{ expected }}, 0),
                0
            ),
            3
        )
{%- endmacro %}
