{#- The figures that the performance and combination tables share, from the measures of
    run_measures. -#}
{% macro performance_figures(measures) -%}
    {{ measures }}.runs::integer as total_runs,
        {{ measures }}.wins::integer as wins,
        {{ measures }}.seconds::integer as places_2nd,
        {{ measures }}.thirds::integer as places_3rd,
        {{ percentage(measures ~ '.wins', measures ~ '.runs') }}::numeric(5, 2) as win_percent,
        {{ percentage(measures ~ '.places', measures ~ '.runs') }}::numeric(5, 2) as place_percent,
        {{ market_figures(measures) }},
        {{ measures }}.changed_at as calculated_at,
        {{ measures }}.first_landed_at as created_at
{%- endmacro %}
