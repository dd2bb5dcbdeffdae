{#- Says how many runs a table cannot count, since `what` of theirs is not known; `unknown` is a
    condition on int_runs. -#}
{% macro log_runs_without(model, what, unknown) -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- set runs = run_query(
            'select count(*) as total, count(*) filter (where ' ~ unknown ~ ') as unknown from ' ~ ref('int_runs')
        ) | first -%}
        {%- do log(
            model.identifier ~ ': ' ~ runs['unknown'] ~ ' of ' ~ runs['total'] ~ ' runs have no known ' ~ what, info=true
        ) -%}
    {%- endif -%}
{%- endmacro %}
