{#- A table of jockeys, trainers, owners, sires, dams or damsires has of each the runs that int_runs
    has of it, and no others, and what follows from their prices. `kind` is one of these; `totals`
    are the table's names for runs, wins, seconds, thirds, the A/E index and, where a horse has but
    one such entity, horses. One row per entity with another figure; a line says how many runs have
    no known entity.

    When it looks at changes, the runs are those that int_performance has counted, of which
    counts_every_run_of_each says that none is missing, and the entities those that changed. -#}
{% test counts_every_run(model, kind, totals) %}

{%- set performance = ref('int_performance') -%}

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
{%- if by_changes() -%}
    {%- do columns.pop('horses', none) -%}
{%- endif -%}
{%- set counts = ['runs', 'wins', 'seconds', 'thirds', 'horses'] | select('in', totals) | list -%}
{%- do log_runs_without(model, kind, kind ~ '_id is null') %}

with

{%- if by_changes() %}

changed as (

    {% set node = model_of(model) -%}
    select entity_id
    from {{ changes_of('int_performance') }} as changed
    where entity_type = '{{ kind }}' and breakdown = 'overall'
    union
    select {{ node.config.meta.ids_column or 'id' }} as entity_id
    from {{ changes_of(node.config.meta.ids_from or node.name) }} as changed

),

{%- endif %}

counted as (

    select
        id
        {%- for figure, column in columns.items() %},
        {{ column }} as {{ figure }}
        {%- endfor %}
    from {{ model }}
    {%- if by_changes() %}
    where id in (select entity_id from changed)
    {%- endif %}

),

{%- if by_changes() %}
measured as (

    select
        entity_id,
        runs,
        wins,
        seconds,
        thirds,
        {{ market_figures('performance') }}
    from (select * from {{ performance }}) as performance
    where
        entity_type = '{{ kind }}' and breakdown = 'overall' and is_all
        and entity_id in (select entity_id from changed)

),

ran as (

    select
        entity_id as id
        {%- for figure in columns %},
        {{ 'ae_index' if figure == 'ae' else figure }} as {{ figure }}
        {%- endfor %}
    from measured

)
{%- else %}
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
{%- endif %}

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
