{#- What is left of an owner's name when its spellings are made one: results drop "&" and commas, and since
    2026 some names have periods and "Mr". -#}
{% macro owner_key(name) -%}
    btrim(regexp_replace(
        regexp_replace(lower({{ name }}), '[&,.]|\m(?:mr|mrs)\M', ' ', 'g'), '\s+', ' ', 'g'
    ))
{%- endmacro %}

{#- What parts one course of a region from another: neither case nor spaces, nor a country behind the name. -#}
{% macro course_key(name, regions='regions') -%}
    btrim(regexp_replace(lower({{ course_without_country(name, regions) }}), '\s+', ' ', 'g'))
{%- endmacro %}

{#- What parts one horse of a race from another: neither case, nor an apostrophe of any kind, nor a country
    behind the name. -#}
{% macro horse_key(name) -%}
    btrim(regexp_replace(
        regexp_replace(lower({{ without_country(name) }}), '[''’‘`´]', '', 'g'), '\s+', ' ', 'g'
    ))
{%- endmacro %}
