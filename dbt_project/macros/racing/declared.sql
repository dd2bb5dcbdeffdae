{#- A runner of a card is declared to run when it has a jockey, and is neither a non-runner nor a reserve. -#}
{% macro is_declared(runner) -%}
    {{ runner }}.jockey is not null and not {{ runner }}.is_non_runner and not {{ runner }}.is_reserve
{%- endmacro %}
