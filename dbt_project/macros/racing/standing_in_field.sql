{#- Where a figure stands among those of the field, a window - `desc` where the highest is the best - and how far it is
    from the best. Null where it is not known, or its horse is not in the field. -#}
{% macro standing_in_field(name, figure, order) -%}
    case
        when is_in_field and {{ figure }} is not null
            then rank() over (
                field
                order by case when is_in_field then {{ figure }} end {{ order }} nulls last
            )::integer
    end as {{ name }}_rank,
        case
            when is_in_field
                then abs(
                    {{ 'max' if order == 'desc' else 'min' }}({{ figure }}) filter (where is_in_field) over field
                    - {{ figure }}
                )
        end as {{ name }}_to_best
{%- endmacro %}
