{#- The rows of population_counts for the expected shares of a table, from the counts of its days in
    int_feed_population. -#}
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
