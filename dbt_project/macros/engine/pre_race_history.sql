{#- The lowest and the highest price of an odds entry's history that were given before the off, as
    an array; the history's order is not relied on. Most entries have no history, and nothing is
    aggregated for those. -#}
{% macro pre_race_history(entry, off_dt) -%}
    case
        when {{ entry }} -> 'history' <> '[]'
            then (
                select array[min(given.price), max(given.price)]
                from (
                    select {{ price("change.value ->> 'decimal'") }} as price
                    from {{ array_entries(entry ~ " -> 'history'") }} as change (value)
                    where {{ api_moment("change.value ->> 'changed_at'") }} < {{ off_dt }}
                    offset 0
                ) as given
            )
    end
{%- endmacro %}
