{#- Fails for every column of a table that is filled less than its meta.min_population asks, in one scan.
    A column whose condition no row meets passes, and a line says so. -#}
{% test population(model) %}

{%- set rows = [] -%}
{%- if execute and flags.WHICH in ('build', 'test') -%}
    {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('relation_name', 'equalto', model | string) | first -%}
    {%- set counts = run_query(population_counts(model, population_columns(node))) -%}
    {%- set unmet = {} -%}
    {%- for row in counts -%}
        {%- if row['eligible'] == 0 -%}
            {%- do unmet.setdefault(row['population_where'], []).append(row['column_name']) -%}
        {%- elif row['filled'] < row['min_population'] * row['eligible'] -%}
            {%- do rows.append(row) -%}
            {%- do log(
                model.identifier ~ '.' ~ row['column_name'] ~ ' is filled in ' ~ row['filled'] ~ ' of ' ~ row['eligible']
                ~ ' rows where ' ~ row['population_where'] ~ '; at least ' ~ row['min_population'] ~ ' is asked for',
                info=true
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for condition, columns in unmet.items() -%}
        {%- do log(
            model.identifier ~ ': no row where ' ~ condition ~ ', so nothing to check in ' ~ columns | length ~ ' column(s)',
            info=true
        ) -%}
    {%- endfor -%}
{%- endif -%}

select *
from (
    values (null::text, null::bigint, null::bigint, null::numeric)
    {%- for row in rows %},
    ('{{ row["column_name"] }}', {{ row['eligible'] }}, {{ row['filled'] }}, {{ row['min_population'] }})
    {%- endfor %}
) as underfilled (column_name, eligible, filled, min_population)
where column_name is not null

{% endtest %}
