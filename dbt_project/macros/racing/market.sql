{#- Wins that the market expected of one run: the chance that its starting price implies. -#}
{% macro expected_wins(sp_decimal) -%}
    round(1 / {{ sp_decimal }}, 10)
{%- endmacro %}

{#- The same with the bookmakers' margin taken out: the share of the race's winners that the prices
    give this run. Null unless every run of the race has a price. -#}
{% macro expected_fair(expected, race_expected, race_runs, race_priced_runs, race_winners) -%}
    case
        when {{ race_priced_runs }} = {{ race_runs }}
            then round({{ expected }} / {{ race_expected }} * {{ race_winners }}, 10)
    end
{%- endmacro %}

{#- How far chance alone makes the win of a run vary around its expectation p, as a variance, p x (1 - p); both scaled, the
    square of p taken to five decimals of it. Of a race with two winners p may be above 1: that is taken not to vary. -#}
{% macro chance_variance(expected) -%}
    case
        when {{ expected }} > {{ to_scaled(1) }} then 0
        else {{ expected }} - ({{ expected }} / 100000) * ({{ expected }} / 100000)
    end
{%- endmacro %}

{#- Profit of one unit on a run at its starting price; winners who dead-heat share it. -#}
{% macro profit_loss_1u(is_win, sp_decimal, race_winners) -%}
    case
        when {{ sp_decimal }} is null then null
        when {{ is_win }} then {{ sp_decimal }} / {{ race_winners }} - 1
        else -1
    end
{%- endmacro %}

{#- Profit of one unit on a run at its Betfair Starting Price, less the exchange's commission on what is won; winners
    who dead-heat share it. -#}
{% macro profit_loss_bsp(is_win, bsp, race_winners) -%}
    case
        when {{ bsp }} is null then null
        when {{ is_win }} and {{ bsp }} > {{ race_winners }}
            then ({{ bsp }} / {{ race_winners }} - 1) * (1 - {{ var('betfair_commission') }})
        when {{ is_win }} then {{ bsp }} / {{ race_winners }} - 1
        else -1
    end
{%- endmacro %}

{#- Actual over expected wins, the A/E index; both over the same runs. -#}
{% macro ae_index(wins, expected) -%}
    round({{ wins }} / nullif({{ expected }}, 0), 3)
{%- endmacro %}

{#- The chi-squared score of wins against expected wins: how far from chance an A/E is. -#}
{% macro archie(wins, expected, runs) -%}
    round(
        ({{ wins }} - {{ expected }}) * ({{ wins }} - {{ expected }}) * {{ runs }}
        / nullif({{ expected }} * ({{ runs }} - {{ expected }}), 0),
        3
    )
{%- endmacro %}

{#- A share of runs as a percentage, 0 to 100; null without runs. -#}
{% macro percentage(part, whole) -%}
    round(100.0 * {{ part }} / nullif({{ whole }}, 0), 2)
{%- endmacro %}
