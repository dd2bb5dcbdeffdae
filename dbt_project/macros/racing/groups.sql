{#- Flat racing or National Hunt, from the type of the race. -#}
{% macro racing_code(type) -%}
    case when {{ type }} = 'Flat' then 'Flat' when {{ type }} in ('Hurdle', 'Chase', 'NH Flat') then 'NH' end
{%- endmacro %}

{#- Its values. -#}
{% macro racing_codes() -%}
    {{ return(['Flat', 'NH']) }}
{%- endmacro %}

{#- The class of a race: the result's, else the card's, else Class 1 for a pattern race. -#}
{% macro race_class(result_class, card_class, pattern) -%}
    coalesce({{ result_class }}, {{ card_class }}, case when {{ pattern }} is not null then 'Class 1' end)
{%- endmacro %}

{#- The number of a class: 1 is the best. -#}
{% macro class_number(class) -%}
    substring({{ class }} from '\d')::integer
{%- endmacro %}

{#- A handicap says so in its name; the rating band is no guide. -#}
{% macro is_handicap(race_name) -%}
    coalesce({{ race_name }} ~* '\m(handicap|nursery)\M', false)
{%- endmacro %}
