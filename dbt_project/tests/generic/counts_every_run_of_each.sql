{#- int_performance has every run once in each breakdown of which its entity and group are known, over all runs
    and within each code, and nothing else. It is asked of the figures before they are rounded, so that sums
    are equal to the last digit. One row per kind, breakdown and scope with another total; a line says how many
    runs have no known course or distance. -#}
{% test counts_every_run_of_each(model) %}

{%- set scaled = ['expected_wins', 'profit_loss_1u', 'expected_bsp', 'profit_loss_bsp', 'prb'] -%}
{%- set sums = ['runs', 'wins', 'seconds', 'thirds'] + scaled -%}
{%- for column, what in {'course_id': 'course', 'distance': 'distance'}.items() -%}
    {%- do log_runs_without(model, what, column ~ ' is null') -%}
{%- endfor %}

with

-- What came must be what went and came in the runs, if all was so before.
performance as (

    {{ rows_or_changes(model_of(model).name if execute else 'int_performance') }}

),

counted as (

    select
        performance.entity_type,
        performance.breakdown,
        scopes.scope
        {%- for figure in sums %},
        sum(performance.{{ figure }} * performance.change) as {{ figure }}
        {%- endfor %}
    from performance
    cross join {{ scopes_of('performance') }}
    where scopes.scope is not null
    group by performance.entity_type, performance.breakdown, scopes.scope

),

runs as (

    {{ rows_or_changes('int_runs') }}

),

ran_by_code as (
    {% for kind, breakdown, column in breakdowns() %}
    select
        '{{ kind }}' as entity_type,
        '{{ breakdown }}' as breakdown,
        code,
        sum(change) as runs,
        coalesce(sum(change) filter (where is_win), 0) as wins,
        coalesce(sum(change) filter (where position = 2), 0) as seconds,
        coalesce(sum(change) filter (where position = 3), 0) as thirds,
        {%- for figure in scaled %}
        sum({{ figure }} * change) as {{ figure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from runs
    where {{ kind }}_id is not null and {{ column }} is not null
    group by code
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

ran as (

    select
        entity_type,
        breakdown,
        code as scope,
        {{ sums | join(', ') }}
    from ran_by_code
    where code is not null

    union all

    select
        entity_type,
        breakdown,
        'all' as scope
        {%- for figure in sums %},
        sum({{ figure }}) as {{ figure }}
        {%- endfor %}
    from ran_by_code
    group by entity_type, breakdown

)

select
    entity_type,
    breakdown,
    scope,
    to_jsonb(counted) as counted,
    to_jsonb(ran) as ran
from counted
full join ran using (entity_type, breakdown, scope)
where
    {%- for figure in sums %}
    {%- if by_changes() %}
    coalesce(counted.{{ figure }}, 0) != coalesce(ran.{{ figure }}, 0)
    {%- else %}
    counted.{{ figure }} is distinct from ran.{{ figure }}
    {%- endif %}
    {%- if not loop.last %} or{% endif %}
    {%- endfor %}

{% endtest %}
