{#- A weight in pounds as racing writes it, stones and pounds: 128 is "9-2". -#}
{% macro stones_and_pounds(pounds) -%}
    ({{ pounds }} / 14)::text || '-' || ({{ pounds }} % 14)::text
{%- endmacro %}

{#- What a horse declared on a card is to carry, in pounds: what it was allotted less its jockey's claim. -#}
{% macro weight_to_carry(card) -%}
    ({{ card }}.weight_allotted_lbs - coalesce({{ card }}.jockey_claim_lbs, 0))
{%- endmacro %}
