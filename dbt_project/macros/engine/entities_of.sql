{#- One row per person or parent that a row of `relation` names: entity_type, entity_id, name.
    `kinds` are its columns: kind_id holds the id, kind the name. -#}
{% macro entities_of(relation, kinds) -%}
    lateral (
        values
        {%- for kind in kinds %}
        ('{{ kind }}', {{ relation }}.{{ kind }}_id, {{ relation }}.{{ kind }}){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as entity (entity_type, entity_id, name)
{%- endmacro %}
