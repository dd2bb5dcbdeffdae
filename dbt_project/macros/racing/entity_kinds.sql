{#- The kinds of entity whose runs are counted; int_runs has a column kind_id for each. -#}
{% macro entity_kinds() -%}
    {{ return(['horse', 'jockey', 'trainer', 'owner', 'sire', 'dam', 'damsire']) }}
{%- endmacro %}

{#- The pairs of entities whose runs together are counted; each pair once, in this order. -#}
{% macro entity_pairs() -%}
    {{ return([
        ('jockey', 'trainer'), ('jockey', 'owner'), ('trainer', 'owner'), ('horse', 'jockey'),
        ('horse', 'trainer'), ('sire', 'damsire')
    ]) }}
{%- endmacro %}

{#- The runs of each entity of every kind in groups: `keys` are the columns of the group beside the
    entity, `figures` what is counted over it. -#}
{% macro by_entity(relation, keys, figures) -%}
    {%- for kind in entity_kinds() %}
    select
        '{{ kind }}' as entity_type,
        {{ kind }}_id as entity_id,
        {{ keys | join(', ') }},
        {{ figures }}
    from {{ relation }}
    where {{ kind }}_id is not null
    group by {{ kind }}_id, {{ keys | join(', ') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- The same for the runs that a pair of entities shared. -#}
{% macro by_entity_pair(relation, keys, figures) -%}
    {%- for first, second in entity_pairs() %}
    select
        '{{ first }}' as entity1_type,
        {{ first }}_id as entity1_id,
        '{{ second }}' as entity2_type,
        {{ second }}_id as entity2_id,
        {{ keys | join(', ') }},
        {{ figures }}
    from {{ relation }}
    where {{ first }}_id is not null and {{ second }}_id is not null
    group by {{ first }}_id, {{ second }}_id, {{ keys | join(', ') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
