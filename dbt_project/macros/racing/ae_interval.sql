{#- Between which limits an A/E lies: those that hold in 95 of 100 cases for a count that varies by chance as Poisson's
    law has it, over the wins expected. Byar's approximation of the exact limits, as in Breslow and Day, Statistical
    Methods in Cancer Research II (1987), table 2.3. A run with the chance p varies by p x (1 - p), less than Poisson's p,
    so it is rather too wide. -#}
{% macro ae_low(wins, expected) -%}
    {%- set any_wins = 'nullif(' ~ wins ~ ', 0)' -%}
    round(
            coalesce(
                {{ wins }} * power(1 - 1.0 / (9 * {{ any_wins }}) - 1.96 / (3 * sqrt({{ any_wins }}::numeric)), 3), 0
            ) / nullif({{ expected }}, 0),
            3
        )
{%- endmacro %}

{% macro ae_high(wins, expected) -%}
    round(
            ({{ wins }} + 1) * power(1 - 1.0 / (9 * ({{ wins }} + 1)) + 1.96 / (3 * sqrt({{ wins }} + 1.0)), 3)
            / nullif({{ expected }}, 0),
            3
        )
{%- endmacro %}
