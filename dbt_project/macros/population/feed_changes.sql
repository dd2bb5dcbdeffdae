{#- How well one share explains that so many of so many rows are filled: the binomial logarithm of
    the likelihood, 0 at best. -#}
{% macro log_likelihood(filled, eligible) -%}
    (
        coalesce({{ filled }} * ln(nullif({{ filled }}, 0) / {{ eligible }}::float), 0)
        + coalesce(
            ({{ eligible }} - {{ filled }}) * ln(nullif({{ eligible }} - {{ filled }}, 0) / {{ eligible }}::float), 0
        )
    )
{%- endmacro %}

{#- A share in words: a whole percentage, with a decimal where it is small. -#}
{% macro told_share(share) -%}
    trim_scale(round({{ share }}, case when {{ share }} < 10 then 1 else 0 end)) || ' %'
{%- endmacro %}

{#- A change of a column's share as a sentence. -#}
{% macro told_change() -%}
    table_name || '.' || column_name || ': filled in ' || {{ told_share('share_since') }} || ' of '
        || case table_name
            {%- for table, rows in feed_tables().items() %} when '{{ table }}' then '{{ rows }}'{% endfor %} end
        || ' since ' || changed_on || ', ' || {{ told_share('share_before') }} || ' before'
{%- endmacro %}
