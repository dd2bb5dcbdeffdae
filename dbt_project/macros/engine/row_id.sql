{#- A bigint id of a natural key, the same on every server and after every rebuild: the first 15 hex
    digits of md5 over "kind:value" parts. `parts` is a list of [kind, expression]. -#}
{% macro row_id(parts) -%}
    ('x' || left(md5(
        {%- for kind, expression in parts %}
        '{{ '' if loop.first else '|' }}{{ kind }}:' || {{ expression }}
        {%- if not loop.last %} || {% endif %}
        {%- endfor %}
    ), 15))::bit(60)::bigint
{%- endmacro %}

{#- The id of one horse in one race. -#}
{% macro runner_id(race_id, horse_id) -%}
    {{ row_id([['race', race_id], ['horse', horse_id]]) }}
{%- endmacro %}
