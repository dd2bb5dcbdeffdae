{#- The rows of population_counts for the columns of a relation that have a share of a kind,
    min_population or expected_population. -#}
{% macro measured_population(relation, kind) -%}
    {%- set node = model_of(relation) -%}
    {%- set meta = node.config.meta -%}
    {%- set columns = population_columns(node, kind) -%}
    {%- set asked = [(relation, columns)] -%}
    {%- set race_date, row_plan = meta.get('race_date'), meta.get('row_plan') or smallest_plan() -%}
    {#- Where all rows have to be filled, those that have come are. -#}
    {%- if by_changes() and works_on_changes(node) -%}
        {%- set others = columns | rejectattr(kind, 'in', [1, 1.0]) | list -%}
        {%- set asked = [
            (rows_to_test(relation), columns | selectattr(kind, 'in', [1, 1.0]) | list),
            (relation, [] if others and keeps_its_shares(relation, node.name, others, kind, race_date, row_plan) else others),
        ] -%}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for rows, asked_columns in asked if asked_columns -%}
        {%- do found.extend(run_query(population_counts(
            rows, asked_columns, meta.get('race_id'), race_date, row_plan
        )).rows) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Whether of the rows that came since a test passed, less those that went, so large a share is filled as is asked of
    all. Then it passes again, by no more than the tolerance that it passed by. A table of few days is looked at as a
    whole, for its tolerance shrinks when races count instead of days. -#}
{% macro keeps_its_shares(relation, name, columns, kind, race_date, row_plan) -%}
    {%- set asked -%}
        select
            {%- for column in columns %}
            {%- set can_be = can_be_filled(column, race_date, row_plan) %}
            coalesce(sum(change) filter (where {{ can_be }} and {{ column.name }} is not null), 0)
                >= {{ column[kind] }} * coalesce(sum(change) filter (where {{ can_be }}), 0) and
            {%- endfor %}
            {{ "(select max(" ~ race_date ~ ") - min(" ~ race_date ~ ") > 60 from " ~ relation ~ ")" if race_date else "true" }}
        from {{ changes_of(name) }} as changed
    {%- endset -%}
    {{ return(run_query(asked).rows[0][0]) }}
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
