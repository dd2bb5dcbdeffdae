{% macro sexes() -%}
    {{ return({'G': 'gelding', 'M': 'mare', 'F': 'filly', 'C': 'colt', 'H': 'horse', 'R': 'rig'}) }}
{%- endmacro %}

{#- The letter of a sex, from the word or the letter. -#}
{% macro sex_code(expression) -%}
    case upper({{ expression }})
        {%- for code, word in sexes().items() %}
        when '{{ code }}' then '{{ code }}' when '{{ word | upper }}' then '{{ code }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- The word of a sex, from its letter. -#}
{% macro sex_word(code) -%}
    case {{ code }} {%- for code, word in sexes().items() %} when '{{ code }}' then '{{ word }}' {%- endfor %} end
{%- endmacro %}
