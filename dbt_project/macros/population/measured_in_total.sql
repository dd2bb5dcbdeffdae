{#- The rows of population_counts for the expected shares of a table, from the counts of all its rows in
    int_table_population. -#}
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
