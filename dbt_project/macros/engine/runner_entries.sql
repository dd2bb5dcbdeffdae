{#- The runners of a race's payload, one per horse: a corrected race may repeat a runner, and its last
    entry stands. -#}
{% macro runner_entries(payload) -%}
    lateral (
        select distinct on (horse_id)
            {{ api_text("entry.value ->> 'horse_id'") }} as horse_id,
            entry.value as runner
        from {{ array_entries(payload ~ " -> 'runners'") }} with ordinality as entry (value, place)
        where {{ api_text("entry.value ->> 'horse_id'") }} is not null
        order by horse_id asc, entry.place desc
    )
{%- endmacro %}
