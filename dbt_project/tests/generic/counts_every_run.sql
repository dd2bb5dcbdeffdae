{#- A table of jockeys, trainers, owners, sires, dams or damsires has of each the runs that int_runs
    has of it, and no others, and what follows from their prices. `kind` is one of these; `totals`
    are the table's names for runs, wins, seconds, thirds, the A/E index and, where a horse has but
    one such entity, horses. One row per entity with another figure; a line says how many runs have
    no known entity. -#}
{% test counts_every_run(model, kind, totals) %}

{%- set figures = {
    'runs': 'count(*)',
    'wins': 'count(*) filter (where is_win)',
    'seconds': 'count(*) filter (where position = 2)',
    'thirds': 'count(*) filter (where position = 3)',
    'horses': 'count(distinct horse_id)',
    'ae': 'round(count(expected_wins) filter (where is_win) / ' ~ from_scaled('sum(expected_wins)') ~ ', 3)',
    'ae_fair': 'round(count(expected_fair) filter (where is_win) / nullif(' ~ from_scaled('sum(expected_fair)') ~ ', 0), 3)',
    'expected_wins': 'round(' ~ from_scaled('sum(expected_wins)') ~ ', 4)',
    'profit_loss_1u': 'round(' ~ from_scaled('sum(profit_loss_1u)') ~ ', 2)',
    'expected_wins_bsp': 'round(' ~ from_scaled('sum(expected_bsp)') ~ ', 4)',
    'profit_loss_bsp': 'round(' ~ from_scaled('sum(profit_loss_bsp)') ~ ', 2)',
    'prb': 'round(' ~ from_scaled('sum(prb)') ~ ' / nullif(count(prb), 0), 4)',
} -%}
{%- set columns = dict(totals) -%}
{%- for figure in ['ae_fair', 'expected_wins', 'profit_loss_1u', 'expected_wins_bsp', 'profit_loss_bsp', 'prb'] -%}
    {%- do columns.update({figure: figure}) -%}
{%- endfor -%}
{%- set counts = ['runs', 'wins', 'seconds', 'thirds', 'horses'] | select('in', totals) | list -%}
{%- do log_runs_without(model, kind, kind ~ '_id is null') %}

with

counted as (

    select
        id
        {%- for figure, column in columns.items() %},
        {{ column }} as {{ figure }}
        {%- endfor %}
    from {{ model }}

),

ran as (

    select
        {{ kind }}_id as id
        {%- for figure in columns %},
        {{ figures[figure] }} as {{ figure }}
        {%- endfor %}
    from {{ ref('int_runs') }}
    where {{ kind }}_id is not null
    group by {{ kind }}_id

)

-- One that has not run has counts of 0, and nothing else.
select
    id,
    to_jsonb(counted) as counted,
    to_jsonb(ran) as ran
from counted
full join ran using (id)
where
    {%- for figure in columns %}
    counted.{{ figure }} is distinct from
        {{ 'coalesce(ran.' ~ figure ~ ', 0)' if figure in counts else 'ran.' ~ figure }}
    {%- if not loop.last %} or{% endif %}
    {%- endfor %}

{% endtest %}
