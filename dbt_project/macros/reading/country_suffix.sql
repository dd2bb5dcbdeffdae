{#- The country behind a bloodstock name, "Create (IRE)": horses' names have no brackets of their own, so two
    or three letters in brackets at the end are a country, whether there is racing or not. -#}
{% macro country_of(name) -%}
    upper(substring({{ name }} from '\(([A-Za-z]{2,3})\)\s*$'))
{%- endmacro %}

{#- The name without that country. -#}
{% macro without_country(name) -%}
    regexp_replace({{ name }}, '(\S)\s*\([A-Za-z]{2,3}\)\s*$', '\1')
{%- endmacro %}

{#- The name of a course without a country, which stands there only when it is one of the API's regions:
    "(AW)", "(RH)" and "(July)" are part of the name. `regions` is a CTE over stg_racing_api__regions. -#}
{% macro course_without_country(name, regions='regions') -%}
    case
        when {{ country_of(name) }} in (select listed.region_code from {{ regions }} as listed)
            then {{ without_country(name) }}
        else {{ name }}
    end
{%- endmacro %}
