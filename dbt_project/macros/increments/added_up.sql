{#- What a table of counts becomes when rows come and go, as a select over `counted`: for each key, counts of the
    rows that came (change 1), of those that went (-1), and what the table had until now (0). `sums` is a dict of the
    counts and sums with the count that is 0 where a sum is null; `extremes` one of what is the greatest (max) or the
    least (min). A key of which no row is left is gone. Where a row that went had the extreme, and none that came has
    it, is_in_doubt says that all rows have to be looked at again. -#}
{% macro added_up(counted, keys, rows, sums, extremes) -%}
    select
        {{ keys | join(', ') }},
        {%- for sum, count in sums.items() %}
        {% if count %}case when {{ signed_sum(count) }} > 0 then {% endif -%}
        {{ signed_sum(sum) }}::bigint
        {%- if count %} end{% endif %} as {{ sum }},
        {%- endfor %}
        {%- for extreme, how in extremes.items() %}
        {{ how }}({{ extreme }}) filter (where change >= 0) as {{ extreme }},
        {%- endfor %}
        {%- for extreme, how in extremes.items() %}
        {%- set beaten = '<' if how == 'max' else '>' %}
        {%- set went = how ~ "(" ~ extreme ~ ") filter (where change = -1)" %}
        {%- set came = how ~ "(" ~ extreme ~ ") filter (where change = 1)" %}
        {%- set stayed = how ~ "(" ~ extreme ~ ") filter (where change >= 0)" %}
        {{ "or " if not loop.first }}coalesce(
            not {{ went }} {{ beaten }} {{ stayed }} and coalesce({{ came }} {{ beaten }} {{ stayed }}, true),
            false
        )
        {%- endfor %}{{ "false" if not extremes }} as is_in_doubt
    from {{ counted }}
    group by {{ keys | join(', ') }}
    having {{ signed_sum(rows) }} > 0
{%- endmacro %}

{% macro signed_sum(column) -%}
    sum(case when change < 0 then -{{ column }} else {{ column }} end)
{%- endmacro %}
