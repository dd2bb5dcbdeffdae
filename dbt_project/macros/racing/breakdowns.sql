{#- What the runs of each kind of entity are broken down by: the kind, the breakdown, and the column of
    int_runs whose values are its groups. A pair of entities is the first one's runs, broken down by the
    second. -#}
{% macro breakdowns() -%}
    {%- set found = [] -%}
    {%- for kind in entity_kinds() -%}
        {%- do found.extend([
            (kind, 'overall', overall_group()), (kind, 'distance', 'distance'), (kind, 'course', 'course_id')
        ]) -%}
    {%- endfor -%}
    {%- for kind in parent_kinds() -%}
        {%- do found.append((kind, 'class', 'class')) -%}
    {%- endfor -%}
    {%- for kind, partner in entity_pairs() -%}
        {%- do found.append((kind, partner, partner ~ '_id')) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The one group of all runs. -#}
{% macro overall_group() -%}
    {{ return("'all'::text") }}
{%- endmacro %}
