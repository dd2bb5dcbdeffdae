{#- Every value of a column stands in a column of another model: as dbt's own, but that it looks at changes where it can.
    One row per row without. -#}
{% test relationships(model, column_name, to, field) %}

with

{%- if by_changes() %}

gone as (

    {{ values_gone(to, field) }}

),

{%- endif %}

child as (

    select {{ column_name }} as from_field
    from {{ rows_to_test(model) }}
    where {{ column_name }} is not null
    {%- if by_changes() %}
    union all
    select {{ column_name }} as from_field
    from {{ model }}
    where exists (select from gone) and {{ column_name }} in (select value from gone)
    {%- endif %}

),

parent as (

    select {{ field }} as to_field
    from {{ to }}

)

select child.from_field
from child
left join parent on child.from_field = parent.to_field
where parent.to_field is null

{% endtest %}
