{#- What stands beside every entity's record: how its runs did against the market and against their rivals, from
    the measures of run_measures. -#}
{% macro market_figures(measures) -%}
    {%- set expected_wins = from_scaled(measures ~ '.expected_wins') -%}
    {%- set expected_fair = from_scaled(measures ~ '.expected_fair') -%}
    {%- set expected_bsp = from_scaled(measures ~ '.expected_bsp') -%}
    {{ ae_index(measures ~ '.priced_wins', expected_wins) }}::numeric(8, 3) as ae_index,
        {{ expected_wins }}::numeric(14, 4) as expected_wins,
        {{ ae_index(measures ~ '.fair_wins', expected_fair) }}::numeric(8, 3) as ae_fair,
        {{ archie(measures ~ '.priced_wins', expected_wins, measures ~ '.priced_runs') }}::numeric(10, 3)
            as archie,
        {{ from_scaled(measures ~ '.profit_loss_1u') }}::numeric(12, 2) as profit_loss_1u,
        {{ expected_bsp }}::numeric(14, 4) as expected_wins_bsp,
        {{ ae_index(measures ~ '.bsp_wins', expected_bsp) }}::numeric(8, 3) as ae_bsp,
        {{ from_scaled(measures ~ '.profit_loss_bsp') }}::numeric(12, 2) as profit_loss_bsp,
        {{ mean_prb(measures ~ '.prb', measures ~ '.prb_runs') }} as prb
{%- endmacro %}
