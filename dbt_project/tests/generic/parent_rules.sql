{#- What must be true of every row of a table of sires, dams or damsires; one row per rule it
    breaks. A rule about something that is not known holds. -#}
{% test parent_rules(model) %}

{%- set rules = [
    "substring(horse_id from '^hrs_(\d+)$') = substring(id from '\d+$')",
    'total_wins + total_places_2nd + total_places_3rd <= total_runners',
    'total_progeny_winners <= least(total_progeny, total_wins)',
    'total_progeny <= total_runners',
    '(total_progeny = 0) = (total_runners = 0)',
    '(overall_win_percent is null) = (total_runners = 0)',
    'overall_win_percent between 0 and 100',
    'expected_wins between 0 and total_runners',
    'overall_ae_index >= 0',
    'ae_fair >= 0',
    'archie >= 0',
    'profit_loss_1u >= -total_runners',
    'data_quality_score between 0 and 1',
    '(data_quality_score = 0) = (total_runners = 0)',
    'updated_at >= created_at',
] -%}
{%- for breakdown in ['class', 'distance'] -%}
    {%- set first, second, third = breakdown ~ '_1', breakdown ~ '_2', breakdown ~ '_3' -%}
    {%- set best = 'best_' ~ breakdown -%}
    {%- for group in [first, second, third] -%}
        {%- do rules.extend([
            group ~ '_wins <= ' ~ group ~ '_runners',
            group ~ '_runners > 0',
            group ~ '_win_percent = round(100.0 * ' ~ group ~ '_wins / ' ~ group ~ '_runners, 2)',
            best ~ ' != ' ~ group ~ '_name or ' ~ best ~ '_ae is not distinct from ' ~ group ~ '_ae',
        ]) -%}
    {%- endfor -%}
    {%- for better, worse in [(first, second), (second, third)] -%}
        {%- do rules.append(worse ~ '_name is null or ' ~ better ~ '_name is not null') -%}
        {%- do rules.append(
            '(' ~ better ~ '_wins, coalesce(' ~ better ~ '_ae, -1), ' ~ better ~ '_runners) > ('
            ~ worse ~ '_wins, coalesce(' ~ worse ~ '_ae, -1), ' ~ worse ~ '_runners) or (('
            ~ better ~ '_wins, coalesce(' ~ better ~ '_ae, -1), ' ~ better ~ '_runners) = ('
            ~ worse ~ '_wins, coalesce(' ~ worse ~ '_ae, -1), ' ~ worse ~ '_runners) and '
            ~ bytewise(better ~ '_name') ~ ' < ' ~ bytewise(worse ~ '_name') ~ ')'
        ) -%}
    {%- endfor -%}
    {%- for figure, total in [('runners', 'total_runners'), ('wins', 'total_wins')] -%}
        {%- do rules.append(
            'coalesce(' ~ first ~ '_' ~ figure ~ ', 0) + coalesce(' ~ second ~ '_' ~ figure ~ ', 0) + coalesce('
            ~ third ~ '_' ~ figure ~ ', 0) <= ' ~ total
        ) -%}
    {%- endfor -%}
    {%- do rules.extend([
        '(' ~ best ~ ' is null) = (' ~ first ~ '_name is null)',
        '(' ~ best ~ '_is_reliable is null) = (' ~ first ~ '_name is null)',
        best ~ '_is_reliable or ' ~ best ~ ' = ' ~ first ~ '_name',
    ]) -%}
{%- endfor %}

with

parents as (

    select * from {{ rows_to_test(model) }}

)

select
    parents.id,
    rule.stated
from parents
cross join lateral (
    values
    {%- for rule in rules %}
    ('{{ rule | replace("'", "''") }}', {{ rule }})
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as rule (stated, is_kept)
where not rule.is_kept

{% endtest %}
