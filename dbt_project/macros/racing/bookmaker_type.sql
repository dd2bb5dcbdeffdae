{#- Exchanges match backers, the Tote is a pool; everyone else lays fixed odds. -#}
{% macro bookmaker_type(code) -%}
    case
        when {{ code }} in ('betfairexchange', 'matchbook', 'smarkets', 'betdaq') then 'exchange'
        when {{ code }} = 'tote' then 'pool'
        else 'fixed_odds'
    end
{%- endmacro %}
