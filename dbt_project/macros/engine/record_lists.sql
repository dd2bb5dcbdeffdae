{#- The lists that a card keeps with a runner (its JSON object), and its trainer's fortnight, which
    is one record and no list: record_type, the kind of entity it is about, and the entries. -#}
{% macro record_lists(runner) -%}
    lateral (
        values
        ('prev_trainer', 'trainer', {{ runner }} -> 'prev_trainers'),
        ('prev_owner', 'owner', {{ runner }} -> 'prev_owners'),
        ('medical', 'horse', {{ runner }} -> 'medical'),
        ('quote', 'horse', {{ runner }} -> 'quotes'),
        ('stable_tour', 'horse', {{ runner }} -> 'stable_tour'),
        ('trainer_14_days', 'trainer', jsonb_build_array({{ runner }} -> 'trainer_14_days'))
    ) as lists (record_type, entity_type, entries)
{%- endmacro %}
