{#- The entity that a row names stands in the table of its kind: <prefix>_type says which,
    <prefix>_id is its id there. Ids that are not known, and kinds without a table, are left to
    other tests. `among` limits the rows. One row per entity that is not there. -#}
{% test entity_is_known(model, prefix='entity', among='true') %}

with

{%- if by_changes() %}

gone as (
    {% for kind in entity_kinds() %}
    {{ "union" if not loop.first }}
    {{ values_gone(ref('ra_mst_' ~ kind ~ 's'), 'id') }}
    {%- endfor %}

),

{%- endif %}

named as (

    select
        {{ prefix }}_type,
        {{ prefix }}_id
    from {{ rows_to_test(model) }}
    where {{ prefix }}_id is not null and ({{ among }})
    {%- if by_changes() %}
    union all
    select
        {{ prefix }}_type,
        {{ prefix }}_id
    from {{ model }}
    where ({{ among }}) and exists (select from gone) and {{ prefix }}_id in (select value from gone)
    {%- endif %}

),

masters as (
    {% for kind in entity_kinds() %}
    select
        '{{ kind }}' as entity_type,
        id as entity_id
    from {{ ref('ra_mst_' ~ kind ~ 's') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select distinct
    named.{{ prefix }}_type,
    named.{{ prefix }}_id
from named
left join masters
    on named.{{ prefix }}_type = masters.entity_type and named.{{ prefix }}_id = masters.entity_id
where masters.entity_id is null

{% endtest %}
