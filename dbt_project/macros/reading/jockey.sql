{#- A card's jockey without the claim behind the name: "Luke Scott(3)" is Luke Scott. -#}
{% macro jockey_without_claim(expression) -%}
    regexp_replace({{ expression }}, '\s*\(\d+\)\s*$', '')
{%- endmacro %}

{#- Pounds a card's jockey claims, 0 for one who claims nothing. -#}
{% macro jockey_claim(expression) -%}
    coalesce(substring({{ expression }} from '\((\d{1,2})\)\s*$')::integer, 0)
{%- endmacro %}

{#- A declared non-runner: it keeps its place on the card under a placeholder. -#}
{% macro is_non_runner(number, jockey) -%}
    (
        coalesce(upper(btrim({{ number }})) = 'NR', false)
        or coalesce(upper(btrim({{ jockey }})) like 'NON-RUNNER%', false)
    )
{%- endmacro %}
