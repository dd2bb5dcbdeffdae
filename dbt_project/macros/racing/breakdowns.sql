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

{#- Which group of a breakdown a run is in. -#}
{% macro group_of_run(runs, column) -%}
    {{ return(column if column == overall_group() else runs ~ '.' ~ column) }}
{%- endmacro %}

{#- The groups that each of some runs is counted in: entity_type, entity_id, breakdown, group_name. -#}
{% macro groups_of_runs(runs) -%}
    lateral (
        values
        {%- for kind, breakdown, column in breakdowns() %}
        (
            '{{ kind }}', {{ runs }}.{{ kind }}_id,
            '{{ breakdown }}', {{ group_of_run(runs, column) }}
        ){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as groups (entity_type, entity_id, breakdown, group_name)
{%- endmacro %}

{#- The same, of distances alone: entity_type, entity_id, distance. -#}
{% macro distances_of_runs(runs) -%}
    lateral (
        values
        {%- for kind in entity_kinds() %}
        ('{{ kind }}', {{ runs }}.{{ kind }}_id, {{ runs }}.distance){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as groups (entity_type, entity_id, distance)
{%- endmacro %}
