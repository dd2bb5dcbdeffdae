{#- Regions whose horses are born in the southern spring. -#}
{% macro southern_regions() -%}
    ('AUS', 'NZ', 'SAF', 'BRZ', 'ARG', 'CHI', 'URU', 'PER')
{%- endmacro %}

{#- Years: every horse is a year older on 1 January; one foaled in the southern spring, on 1 August.
    -#}
{% macro horse_age(dob, region, on_day) -%}
    (
        extract(year from {{ on_day }})::integer - extract(year from {{ dob }})::integer
        - case
            when
                {{ region }} in {{ southern_regions() }}
                and extract(month from {{ dob }}) >= 7
                and extract(month from {{ on_day }}) < 8
                then 1
            else 0
        end
    )
{%- endmacro %}
