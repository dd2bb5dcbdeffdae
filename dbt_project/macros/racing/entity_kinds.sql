{#- The kinds of entity whose runs are counted; int_runs has a column kind_id for each. -#}
{% macro entity_kinds() -%}
    {{ return(['horse', 'jockey', 'trainer', 'owner', 'sire', 'dam', 'damsire']) }}
{%- endmacro %}

{#- Those that are a horse's parents. -#}
{% macro parent_kinds() -%}
    {{ return(['sire', 'dam', 'damsire']) }}
{%- endmacro %}

{#- Those that are people. -#}
{% macro person_kinds() -%}
    {{ return(['jockey', 'trainer', 'owner']) }}
{%- endmacro %}

{#- The pairs of entities whose runs together are counted; each pair once, in this order. -#}
{% macro entity_pairs() -%}
    {{ return([
        ('jockey', 'trainer'), ('jockey', 'owner'), ('trainer', 'owner'), ('horse', 'jockey'),
        ('horse', 'trainer'), ('sire', 'damsire')
    ]) }}
{%- endmacro %}
