{#- Fails for every column of a table that is filled less than its meta.min_population asks, by the
    rule and in the one scan of population_counts. A column whose condition no row meets passes, and
    a line says so. -#}
{% test population(model) %}

{%- set underfilled = [] -%}
{%- if execute and flags.WHICH in ('build', 'test') -%}
    {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('relation_name', 'equalto', model | string) | first -%}
    {%- set unmet = [] -%}
    {%- for row in run_query(population_counts(model, population_columns(node))) -%}
        {%- if row['eligible'] == 0 -%}
            {%- do unmet.append(row['column_name']) -%}
        {%- elif not row['is_enough'] -%}
            {%- do underfilled.append(row) -%}
            {%- do log(
                model.identifier ~ '.' ~ row['column_name'] ~ ' is filled in ' ~ row['filled'] ~ ' of ' ~ row['eligible']
                ~ ' rows where ' ~ row['population_where'] ~ '; a share of ' ~ row['min_population'] ~ ' is asked for',
                info=true
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if unmet -%}
        {%- do log(
            model.identifier ~ ': nothing to check in ' ~ unmet | join(', ') ~ ', since no row meets their condition',
            info=true
        ) -%}
    {%- endif -%}
{%- endif -%}

select *
from (
    values (null::text, null::bigint, null::bigint, null::numeric)
    {%- for row in underfilled %},
    ('{{ row["column_name"] }}', {{ row['eligible'] }}, {{ row['filled'] }}, {{ row['min_population'] }})
    {%- endfor %}
) as underfilled (column_name, eligible, filled, min_population)
where column_name is not null

{% endtest %}
