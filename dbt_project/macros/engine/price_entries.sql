{#- The prices of a card's runner (its JSON object), one row an entry of a bookmaker. Of two spellings of one firm
    the newer price is_newest; what names no price never is. Within its runner alone an entry is looked for
    among a few, where it costs next to nothing. -#}
{% macro price_entries(runner) -%}
    lateral (
        select
            price,
            bookmaker,
            bookmaker_code,
            decimal_odds,
            updated_at,
            decimal_odds is not null and row_number() over (
                partition by bookmaker_code
                order by
                    decimal_odds is null asc,
                    updated_at desc nulls last,
                    {{ bytewise('bookmaker') }} asc,
                    decimal_odds desc
            ) = 1 as is_newest
        from (
            select
                entry.value as price,
                {{ api_text("entry.value ->> 'bookmaker'") }} as bookmaker,
                {{ bookmaker_code(api_text("entry.value ->> 'bookmaker'")) }} as bookmaker_code,
                {{ price("entry.value ->> 'decimal'") }} as decimal_odds,
                {{ api_london_moment("entry.value ->> 'updated'") }} as updated_at
            from {{ array_entries(runner ~ " -> 'odds'") }} as entry (value)
            {{ computed_once() }}
        ) as entries
        where bookmaker_code is not null
    )
{%- endmacro %}
