{#- What is counted over any group of rows of int_runs. priced_* are the runs with a starting price,
    fair_* those in races where every run has one, bsp_* those with a Betfair Starting Price, prb_* those with a
    share of rivals beaten; expected wins, variances, profit and shares are scaled. -#}
{% macro run_measures() -%}
    count(*) as runs,
    count(*) filter (where is_win) as wins,
    count(*) filter (where position = 2) as seconds,
    count(*) filter (where position = 3) as thirds,
    count(*) filter (where is_place) as places,
    count(expected_wins) as priced_runs,
    count(expected_wins) filter (where is_win) as priced_wins,
    {{ exact_sum('expected_wins') }} as expected_wins,
    count(expected_fair) as fair_runs,
    count(expected_fair) filter (where is_win) as fair_wins,
    {{ exact_sum('expected_fair') }} as expected_fair,
    {{ exact_sum(chance_variance('expected_fair')) }} as fair_variance,
    {{ exact_sum('profit_loss_1u') }} as profit_loss_1u,
    count(expected_bsp) as bsp_runs,
    count(expected_bsp) filter (where is_win) as bsp_wins,
    {{ exact_sum('expected_bsp') }} as expected_bsp,
    {{ exact_sum('profit_loss_bsp') }} as profit_loss_bsp,
    count(prb) as prb_runs,
    {{ exact_sum('prb') }} as prb
{%- endmacro %}

{#- Their names, for what sums them again, each with the count that is 0 where the sum is null. -#}
{% macro run_measure_sums() -%}
    {{ return({
        'runs': none, 'wins': none, 'seconds': none, 'thirds': none, 'places': none,
        'priced_runs': none, 'priced_wins': none, 'expected_wins': 'priced_runs',
        'fair_runs': none, 'fair_wins': none, 'expected_fair': 'fair_runs', 'fair_variance': 'fair_runs',
        'profit_loss_1u': 'priced_runs',
        'bsp_runs': none, 'bsp_wins': none, 'expected_bsp': 'bsp_runs', 'profit_loss_bsp': 'bsp_runs',
        'prb_runs': none, 'prb': 'prb_runs',
    }) }}
{%- endmacro %}

{#- The newest run and win among some runs. -#}
{% macro newest_days() -%}
    max(race_date) as last_run_on,
    max(race_date) filter (where is_win) as last_win_on
{%- endmacro %}

{#- The times of some runs over one distance: how many have one, their scaled sum, the fastest, and the key of
    the last finish. -#}
{% macro finish_times() -%}
    count(finish_seconds) as timed_runs,
    {{ exact_sum('finish_seconds') }} as finish_seconds,
    min(finish_seconds) as best_finish_seconds,
    max({{ bytewise('finish_key') }}) as last_finish_key
{%- endmacro %}
