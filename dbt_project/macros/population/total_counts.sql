{#- How many rows of a table can have a value in each of its columns with an expected share, whatever the plan, and how
    many of those have one. `relation` has them with change 1, or those that came (1) and went (-1). -#}
{% macro total_counts(table, relation) -%}
    {%- set columns = feed_columns(table) -%}
    select
        '{{ table }}' as table_name,
        columns.*
    from (
        select
            0 as nothing
            {%- for column in columns %}
            {%- set can_be = '(' ~ (column.population_where or 'true') ~ ')' %},
            coalesce(sum(change) filter (where {{ can_be }}), 0) as eligible_{{ loop.index }},
            coalesce(sum(change) filter (where {{ can_be }} and {{ column.name }} is not null), 0) as filled_{{ loop.index }}
            {%- endfor %}
        from {{ relation }}
    ) as counts
    cross join lateral (
        values
        {%- for column in columns %}
        ('{{ column.name }}', counts.eligible_{{ loop.index }}, counts.filled_{{ loop.index }})
        {%- if not loop.last %},{% endif %}
        {%- else %}
        (null, 0, 0)
        {%- endfor %}
    ) as columns (column_name, eligible, filled)
{%- endmacro %}
