{#- Text without what a terminal would obey. -#}
{% macro printable(text) -%}
    {%- for character in text %}{{ character if character.isprintable() else ' ' }}{% endfor -%}
{%- endmacro %}

{#- `dbt run-operation summary`: what the warehouse holds, and its five best sires, in a few lines.
    -#}
{% macro summary() -%}
    {%- set totals = run_query(
        "select
            (select count(*) from " ~ ref('ra_races') ~ " where has_result) as races,
            count(*) as runs,
            min(race_date) as first_day,
            max(race_date) as last_day,
            (select count(*) from " ~ ref('ra_mst_horses') ~ ") as horses,
            (select count(*) from " ~ ref('ra_mst_sires') ~ ") as sires,
            (select count(*) from " ~ ref('ra_mst_dams') ~ ") as dams,
            (select count(*) from " ~ ref('ra_mst_damsires') ~ ") as damsires,
            " ~ ae_index('count(expected_wins) filter (where is_win)', from_scaled('sum(expected_wins)')) ~ " as ae
        from " ~ private_model('int_runs')
    ) | first -%}
    {%- set best = run_query(
        "select name, total_runners, total_wins, round(expected_wins, 1) as expected_wins, overall_ae_index, ae_fair
        from " ~ ref('ra_mst_sires') ~ "
        where expected_wins >= " ~ var('best_min_expected') ~ "
        order by ae_fair desc nulls last, total_runners desc, " ~ bytewise('id') ~ "
        limit 5"
    ) -%}
    {%- do print('') -%}
    {%- do print('Races run from ' ~ totals['first_day'] ~ ' to ' ~ totals['last_day']) -%}
    {%- for figure in ['races', 'runs', 'horses', 'sires', 'dams', 'damsires'] -%}
        {%- do print('  %-9s%9s' % (figure, '{:,}'.format(totals[figure] | int))) -%}
    {%- endfor -%}
    {%- do print('  %-9s%9s' % ('A/E', totals['ae'])) -%}
    {%- do print('') -%}
    {%- do print('Best sires by fair A/E, of those with at least ' ~ var('best_min_expected') ~ ' expected wins') -%}
    {%- do print('  %-28s%6s%6s%10s%8s%8s' % ('sire', 'runs', 'wins', 'expected', 'A/E', 'fair')) -%}
    {%- for sire in best -%}
        {%- do print('  %-28s%6s%6s%10s%8s%8s' % (
            printable(sire['name']), sire['total_runners'], sire['total_wins'], sire['expected_wins'],
            sire['overall_ae_index'], sire['ae_fair']
        )) -%}
    {%- endfor -%}
{%- endmacro %}
