{#- `dbt run-operation compare_sample --args '{groups: 200}'`: counts the runs of so many groups, drawn by lot, anew
    and compares them with int_performance, which follows what changes. Half of the groups are some of its own, half
    are those of some runs. -#}
{% macro compare_sample(groups=200) -%}
    {%- if execute -%}
        {%- set different = run_query(sample_differences(groups)).rows -%}
        {%- if different -%}
            {%- set named = [] -%}
            {%- for group in different[:5] -%}
                {%- do named.append(
                    group['entity_type'] ~ ' ' ~ group['entity_id'] ~ ', ' ~ group['breakdown'] ~ ' ' ~ group['group_name']
                ) -%}
            {%- endfor -%}
            {%- do exceptions.raise_compiler_error(
                "A fresh count gives other figures of " ~ different | length ~ " of the groups of runs (" ~ named | join('; ')
                ~ ('; ' ~ (different | length - 5) ~ ' more' if different | length > 5 else '')
                ~ "): `dbt build --full-refresh` counts all of them anew."
            ) -%}
        {%- endif -%}
        {%- do log("As many as " ~ groups ~ " groups of runs are what a fresh count gives.", info=true) -%}
    {%- endif -%}
{%- endmacro %}

{#- One row per group whose figures are others, over all runs or within a code. -#}
{% macro sample_differences(groups) -%}
    {%- set group = ['entity_type', 'entity_id', 'breakdown', 'group_name'] -%}
    {%- set sums = run_measure_sums().keys() | list %}

with

drawn as (

    (
        select {{ group | join(', ') }}
        from {{ private_model('int_performance') }}
        order by random()
        limit {{ groups // 2 }}
    )

    union

    select * from (
        select groups.*
        from (
            select * from {{ private_model('int_runs') }}
            order by random()
            limit {{ groups // 2 }}
        ) as runs
        cross join {{ groups_of_runs('runs') }}
        where groups.entity_id is not null and groups.group_name is not null
        order by random()
        limit {{ groups // 2 }}
    ) as of_runs

),

runs as materialized (
    {% for kind, breakdown, column in breakdowns() %}
    select
        drawn.*,
        runs.code,
        runs.is_win,
        runs.is_place,
        runs.position,
        runs.expected_wins,
        runs.expected_fair,
        runs.profit_loss_1u,
        runs.expected_bsp,
        runs.profit_loss_bsp,
        runs.prb
    from drawn
    inner join {{ private_model('int_runs') }} as runs
        on drawn.entity_id = runs.{{ kind }}_id and drawn.group_name = {{ column if breakdown == 'overall' else 'runs.' ~ column }}
    where drawn.entity_type = '{{ kind }}' and drawn.breakdown = '{{ breakdown }}'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

recounted as (

    select
        {{ group | join(', ') }},
        scopes.scope,
        {{ run_measures() }}
    from runs
    cross join lateral (values (code), ('all')) as scopes (scope)
    where scopes.scope is not null
    group by {{ group | join(', ') }}, scopes.scope

),

counted as (

    select
        drawn.*,
        scopes.scope,
        {%- for sum in sums %}
        performance.{{ sum }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from drawn
    inner join {{ private_model('int_performance') }} as performance using ({{ group | join(', ') }})
    cross join {{ scopes_of('performance') }}
    where scopes.scope is not null

)

select distinct {{ group | join(', ') }}
from counted
full join recounted using ({{ group | join(', ') }}, scope)
where
    {%- for sum in sums %}
    counted.{{ sum }} is distinct from recounted.{{ sum }}{% if not loop.last %} or{% endif %}
    {%- endfor %}
order by {{ group | join(', ') }}
{%- endmacro %}
