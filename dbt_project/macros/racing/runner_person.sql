{#- Who rode, trained or owned a runner, from its result (`results`) and its card (`cards`): the
    result's person, else the card's. What is known of the person comes from the same source, or
    from either when both name the same one; then a card's spelling of an owner goes first, since
    results drop "&" and commas. -#}
{% macro runner_person(kind, card_first=false) -%}
    coalesce(results.{{ kind }}_id, cards.{{ kind }}_id) as {{ kind }}_id,
        {{ runner_person_figure(kind, kind, card_first) }} as {{ kind }}
{%- endmacro %}

{% macro runner_person_figure(kind, column, card_first=false) -%}
    case
            when results.{{ kind }}_id is null and cards.{{ kind }}_id is not null then cards.{{ column }}
            when results.{{ kind }}_id != cards.{{ kind }}_id then results.{{ column }}
            {%- if card_first %}
            else coalesce(cards.{{ column }}, results.{{ column }})
            {%- else %}
            else coalesce(results.{{ column }}, cards.{{ column }})
            {%- endif %}
        end
{%- endmacro %}
