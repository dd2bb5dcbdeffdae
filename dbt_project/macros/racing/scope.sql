{#- The scopes that a row of int_performance stands for: its code, and all where it has all runs of its
    group. -#}
{% macro scopes_of(performance) -%}
    lateral (
        values ({{ performance }}.code), (case when {{ performance }}.is_all then 'all' end)
    ) as scopes (scope)
{%- endmacro %}

{#- The scope as the filters of a query: {} for all runs, {"code": "Flat"}. -#}
{% macro query_filters(scope) -%}
    case
        when {{ scope }} = 'all' then '{}'::jsonb
        {%- for code in racing_codes() %}
        when {{ scope }} = '{{ code }}' then '{"code": "{{ code }}"}'::jsonb
        {%- endfor %}
    end
{%- endmacro %}
