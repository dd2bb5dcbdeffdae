{#- Fails for every column of a table that is filled less than its meta.min_population asks, by the
    rule and in the one scan of population_counts. A column whose condition no row meets passes, and
    a line says so. -#}
{% test population(model) %}

{%- set underfilled = [] -%}
{%- if execute and flags.WHICH in ('build', 'test') and not is_passed_still() -%}
    {%- set unmet = [] -%}
    {%- for row in measured_population(model, 'min_population') -%}
        {%- if row['eligible'] == 0 and by_changes() -%}
        {%- elif row['eligible'] == 0 -%}
            {%- do unmet.append(row['column_name']) -%}
        {%- elif not row['is_enough'] -%}
            {%- do underfilled.append(row) -%}
            {%- do log(told_population(model, row), info=true) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if unmet -%}
        {%- do log(
            model.identifier ~ ': nothing to check in ' ~ unmet | join(', ') ~ ', since no row meets their condition',
            info=true
        ) -%}
    {%- endif -%}
{%- endif -%}

{{ population_rows(underfilled) }}

{% endtest %}
