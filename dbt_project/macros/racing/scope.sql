{#- Rows of run_measures by racing code, and one for all runs together: scope is Flat, NH or all.
    `keys` are the columns of the group; `by_code_only` are columns that mean nothing over both
    codes. -#}
{% macro by_scope(relation, keys, by_code_only=[]) -%}
    select
        {{ keys | join(', ') }},
        code as scope,
        {{ run_measure_names() | join(', ') }},
        {%- for column in by_code_only %}
        {{ column }},
        {%- endfor %}
        changed_at,
        first_landed_at
    from {{ relation }}
    where code is not null

    union all

    select
        {{ keys | join(', ') }},
        'all' as scope,
        {%- for measure in run_measure_names() %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        {%- for column in by_code_only %}
        null as {{ column }},
        {%- endfor %}
        max(changed_at) as changed_at,
        min(first_landed_at) as first_landed_at
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}

{#- The scope as the filters of a query: {} for all runs, {"code": "Flat"}. -#}
{% macro query_filters(scope) -%}
    case when {{ scope }} = 'all' then '{}'::jsonb else jsonb_build_object('code', {{ scope }}) end
{%- endmacro %}
