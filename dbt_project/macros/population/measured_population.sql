{#- The rows of population_counts for the columns of a relation that have a share of a kind,
    min_population or expected_population. -#}
{% macro measured_population(relation, kind) -%}
    {%- set node = model_of(relation) -%}
    {%- set meta = node.config.meta -%}
    {%- set columns = population_columns(node, kind) -%}
    {%- set asked = [(relation, columns)] -%}
    {#- Where all rows have to be filled, those that have come are. -#}
    {%- if by_changes() and works_on_changes(node) -%}
        {%- set asked = [
            (rows_to_test(relation), columns | selectattr(kind, 'in', [1, 1.0]) | list),
            (relation, columns | rejectattr(kind, 'in', [1, 1.0]) | list),
        ] -%}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for rows, asked_columns in asked if asked_columns -%}
        {%- do found.extend(run_query(population_counts(
            rows, asked_columns, meta.get('race_id'), meta.get('race_date'), meta.get('row_plan') or smallest_plan()
        )).rows) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The smallest plan that races came from, as SQL: of rows that sum up many races, all or none are
    asked for what a plan includes. Races that are not built, or were before plans were known, are pro.
    No ref(): no test waits for the races, or needs them in its selection. -#}
{% macro smallest_plan() -%}
    {%- set races = feed_node('int_races') -%}
    {%- set built = adapter.get_relation(races.database, races.schema, races.alias) -%}
    {%- set smallest = namespace(plan='pro') -%}
    {%- if built and 'plan' in adapter.get_columns_in_relation(built) | map(attribute='name') -%}
        {%- for row in run_query(seen_plans(built)).rows | reverse -%}
            {%- set smallest.plan = row['plan'] -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return("'" ~ smallest.plan ~ "'") }}
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
