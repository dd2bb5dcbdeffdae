{#- The counts of a table, `relation`: one row per column and day on which some row can have a value. -#}
{% macro feed_counts(table, relation, race_id, race_date) -%}
    {%- set columns = feed_columns(table) -%}
    select
        '{{ table }}' as table_name,
        counts.race_date,
        columns.*
    from (
        with

        {{ counts_by_day(relation, columns, race_id, race_date, feed_row_plan(table)) | indent(8) }}

        select * from by_day
    ) as counts
    cross join lateral (
        values
        {%- for column in columns %}
        ('{{ column.name }}', {{ column.is_told | lower }}, counts.eligible_{{ loop.index }}, counts.filled_{{ loop.index }}, counts.races_{{ loop.index }})
        {%- if not loop.last %},{% endif %}
        {%- else %}
        (null, null, 0, 0, 0)
        {%- endfor %}
    ) as columns (column_name, is_told, eligible, filled, races)
    where columns.eligible > 0
{%- endmacro %}
