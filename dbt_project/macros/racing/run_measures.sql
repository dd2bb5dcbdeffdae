{#- What is counted over any group of rows of int_runs. priced_* are the runs with a starting price,
    fair_* those in races where every run has one; expected wins and profit are scaled. -#}
{% macro run_measures() -%}
    count(*) as runs,
    count(*) filter (where is_win) as wins,
    count(*) filter (where position = 2) as seconds,
    count(*) filter (where position = 3) as thirds,
    count(*) filter (where is_place) as places,
    count(expected_wins) as priced_runs,
    count(expected_wins) filter (where is_win) as priced_wins,
    sum(expected_wins)::bigint as expected_wins,
    count(expected_fair) filter (where is_win) as fair_wins,
    sum(expected_fair)::bigint as expected_fair,
    sum(profit_loss_1u)::bigint as profit_loss_1u
{%- endmacro %}

{#- Their names, for what sums them again. -#}
{% macro run_measure_names() -%}
    {{ return([
        'runs', 'wins', 'seconds', 'thirds', 'places', 'priced_runs', 'priced_wins', 'expected_wins',
        'fair_wins', 'expected_fair', 'profit_loss_1u'
    ]) }}
{%- endmacro %}
