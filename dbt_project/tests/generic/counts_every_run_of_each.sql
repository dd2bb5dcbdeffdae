{#- What is counted of entities by course or distance, or of pairs of entities, has every run once for
    each kind of entity (or pair) of which it is known, over all runs and within each code, and
    nothing else. It is asked of the figures before they are rounded, so that sums are equal to the
    last digit. `known` names the column of int_runs that the counts are broken down by, if any, and
    `what` it is. One row per kind and scope with another total; a line says how many runs have no
    known course or distance. -#}
{% test counts_every_run_of_each(model, known=none, what=none, pairs=false) %}

{%- set figures = ['runs', 'wins', 'seconds', 'thirds', 'expected_wins', 'profit_loss_1u'] -%}
{%- set types = ['entity1_type', 'entity2_type'] if pairs else ['entity_type'] -%}
{%- set groups = entity_pairs() if pairs else entity_kinds() | batch(1) | list -%}
{%- if known -%}
    {%- do log_runs_without(model, what, known ~ ' is null') -%}
{%- endif %}

with

counted as (

    select
        {{ types | join(' || ') }} as kind,
        scope,
        {%- for figure in figures %}
        sum({{ figure }}) as {{ figure }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ model }}
    group by {{ types | join(', ') }}, scope

),

runs as (

    select * from {{ ref('int_runs') }}
    {%- if known %}
    where {{ known }} is not null
    {%- endif %}

),

ran_by_code as (
    {% for group in groups %}
    select
        '{{ group | join }}' as kind,
        code,
        count(*) as runs,
        count(*) filter (where is_win) as wins,
        count(*) filter (where position = 2) as seconds,
        count(*) filter (where position = 3) as thirds,
        sum(expected_wins) as expected_wins,
        sum(profit_loss_1u) as profit_loss_1u
    from runs
    where {{ group | join('_id is not null and ') }}_id is not null
    group by code
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

ran as (

    select
        kind,
        code as scope,
        {{ figures | join(', ') }}
    from ran_by_code
    where code is not null

    union all

    select
        kind,
        'all' as scope,
        {%- for figure in figures %}
        sum({{ figure }}) as {{ figure }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from ran_by_code
    group by kind

)

select
    kind,
    scope,
    to_jsonb(counted) as counted,
    to_jsonb(ran) as ran
from counted
full join ran using (kind, scope)
where
    {%- for figure in figures %}
    counted.{{ figure }} is distinct from ran.{{ figure }}
    {%- if not loop.last %} or{% endif %}
    {%- endfor %}

{% endtest %}
