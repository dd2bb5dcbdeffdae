{#- Exchanges match backers, the Tote is a pool; everyone else lays fixed odds. -#}
{% macro bookmaker_type(code) -%}
    case
        when {{ code }} in ('{{ exchanges() | join("', '") }}') then 'exchange'
        when {{ code }} in ('{{ pools() | join("', '") }}') then 'pool'
        else 'fixed_odds'
    end
{%- endmacro %}

{% macro exchanges() -%}
    {{ return(['betfairexchange', 'matchbook', 'smarkets', 'betdaq']) }}
{%- endmacro %}

{% macro pools() -%}
    {{ return(['tote']) }}
{%- endmacro %}
