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

{#- The same for the expected shares of a table from the counts of its days, int_feed_population. -#}
{% macro measured_by_day(relation, counts) -%}
    {%- set node = model_of(relation) -%}
    {{ return(run_query(population_of_days(
        counts, relation.identifier, population_columns(node, 'expected_population'), node.config.meta.race_date,
        feed_row_plan(node.name)
    )).rows) }}
{%- endmacro %}

{#- The SQL of that, one row for each column. -#}
{% macro population_of_days(counts, table, columns, race_date, row_plan) -%}
with

asked (column_name, share_asked, sent_since, sent_before, population_where) as (

    values
    {%- for column in columns %}
    (
        '{{ column.name }}',
        {{ column.expected_population }}::numeric,
        '{{ column.sent_since or '-infinity' }}'::date,
        '{{ column.sent_before or 'infinity' }}'::date,
        '{{ can_be_filled(column, race_date, row_plan) | replace("'", "''") }}'
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}

),

counted as (

    select
        asked.column_name,
        sum(days.eligible) as eligible,
        sum(days.filled) as filled,
        sum(days.races) as races,
        count(*) as days
    from asked
    inner join (select * from {{ counts }}) as days
        on
            days.table_name = '{{ table }}'
            and days.column_name = asked.column_name
            and days.race_date >= asked.sent_since
            and days.race_date < asked.sent_before
    group by asked.column_name

)

select
    asked.column_name,
    coalesce(counted.eligible, 0) as eligible,
    coalesce(counted.filled, 0) as filled,
    {{ is_filled_enough(
        'counted.filled',
        'coalesce(counted.eligible, 0)',
        'asked.share_asked',
        races_or_days('counted.races', 'counted.days'),
    ) }} as is_enough,
    asked.share_asked,
    asked.population_where
from asked
left join counted using (column_name)
{%- endmacro %}

{#- The same from the counts of all its rows, int_table_population. -#}
{% macro measured_in_total(relation, counts) -%}
    {%- set node = model_of(relation) -%}
    {{ return(run_query(population_in_total(
        counts, relation.identifier, population_columns(node, 'expected_population'),
        node.config.meta.row_plan or smallest_plan()
    )).rows) }}
{%- endmacro %}

{#- The SQL of that, one row for each column. -#}
{% macro population_in_total(counts, table, columns, row_plan) -%}
with

asked (column_name, share_asked, is_in_plan, population_where) as (

    values
    {%- for column in columns %}
    (
        '{{ column.name }}',
        {{ column.expected_population }}::numeric,
        {{ has_plan(row_plan, column.plan) if column.plan else 'true' }},
        '{{ can_be_filled(column, none, row_plan) | replace("'", "''") }}'
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}

),

counted as (

    select
        asked.*,
        case when asked.is_in_plan then coalesce(counts.eligible, 0) else 0 end as eligible,
        case when asked.is_in_plan then coalesce(counts.filled, 0) else 0 end as filled
    from asked
    left join (select * from {{ counts }}) as counts
        on asked.column_name = counts.column_name and counts.table_name = '{{ table }}'

)

select
    column_name,
    eligible,
    filled,
    {{ is_filled_enough('filled', 'eligible', 'share_asked', 'eligible') }} as is_enough,
    share_asked,
    population_where
from counted
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
