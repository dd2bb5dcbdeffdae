{#- The country behind a bloodstock name, "Create (IRE)", when it is one of the API's regions.
    `regions` is a CTE over stg_racing_api__regions: "(AW)" and "(July)" are no countries. -#}
{% macro country_of(name, regions='regions') -%}
    case
        when upper(substring({{ name }} from '\(([A-Za-z]{2,3})\)\s*$')) in (select listed.region_code from {{ regions }} as listed)
            then upper(substring({{ name }} from '\(([A-Za-z]{2,3})\)\s*$'))
    end
{%- endmacro %}

{#- The name without that country. -#}
{% macro without_country(name, regions='regions') -%}
    case
        when upper(substring({{ name }} from '\(([A-Za-z]{2,3})\)\s*$')) in (select listed.region_code from {{ regions }} as listed)
            then regexp_replace({{ name }}, '\s*\([A-Za-z]{2,3}\)\s*$', '')
        else {{ name }}
    end
{%- endmacro %}
