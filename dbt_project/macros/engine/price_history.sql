{#- The prices of an odds entry's history as JSON, each [seconds since 1970, decimal price]; its order is not
    relied on. Most entries have no history, and nothing is aggregated for those. -#}
{% macro price_history(entry) -%}
    case
        when {{ entry }} -> 'history' <> '[]'
            then (
                select jsonb_agg(jsonb_build_array(extract(epoch from given.changed_at)::numeric(16, 3), given.price))
                from (
                    select
                        {{ api_moment("change.value ->> 'changed_at'") }} as changed_at,
                        {{ price("change.value ->> 'decimal'") }} as price
                    from {{ array_entries(entry ~ " -> 'history'") }} as change (value)
                    offset 0
                ) as given
                where given.changed_at is not null and given.price is not null
            )
    end
{%- endmacro %}
