{#- The rows of population_counts for the columns of a relation that have a share of a kind,
    min_population or expected_population. -#}
{% macro measured_population(relation, kind) -%}
    {%- set node = model_of(relation) -%}
    {{ return(run_query(population_counts(
        relation, population_columns(node, kind), node.config.meta.get('race_id'), node.config.meta.get('race_date')
    ))) }}
{%- endmacro %}

{#- A line about a column that is not filled enough: a row of measured_population. -#}
{% macro told_population(relation, row) -%}
    {{ return(
        relation.identifier ~ '.' ~ row['column_name'] ~ ' is filled in ' ~ row['filled'] ~ ' of ' ~ row['eligible']
        ~ ' rows where ' ~ row['population_where'] ~ '; a share of ' ~ row['share_asked'] ~ ' is asked for'
    ) }}
{%- endmacro %}

{#- What a test of populations finds: one row per column that is not filled enough. -#}
{% macro population_rows(underfilled) -%}
select *
from (
    values (null::text, null::bigint, null::bigint, null::numeric)
    {%- for row in underfilled %},
    ('{{ row["column_name"] }}', {{ row['eligible'] }}, {{ row['filled'] }}, {{ row['share_asked'] }})
    {%- endfor %}
) as underfilled (column_name, eligible, filled, share_asked)
where column_name is not null
{%- endmacro %}
