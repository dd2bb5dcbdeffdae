{#- Who rode or trained a runner, from its result (`results`) and its card (`cards`): the result's person,
    else the card's. What is known of the person comes from the same source, or from either when both name
    the same one. -#}
{% macro runner_person(kind) -%}
    coalesce(results.{{ kind }}_id, cards.{{ kind }}_id) as {{ kind }}_id,
        {{ runner_person_figure(kind, kind) }} as {{ kind }}
{%- endmacro %}

{% macro runner_person_figure(kind, column) -%}
    case
            when results.{{ kind }}_id is null and cards.{{ kind }}_id is not null then cards.{{ column }}
            when results.{{ kind }}_id != cards.{{ kind }}_id then results.{{ column }}
            else coalesce(results.{{ column }}, cards.{{ column }})
        end
{%- endmacro %}
