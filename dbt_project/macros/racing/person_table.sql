{#- The table of jockeys, trainers or owners: identity, totals and current form. The tables name the
    same figures differently: a jockey rides, a trainer and an owner have runners. -#}
{% macro person_table(kind) -%}
{%- set runs = 'rides' if kind == 'jockey' else 'runners' -%}
{%- set recent_runs = 'rides' if kind == 'jockey' else 'runs' -%}
{%- set run = 'ride' if kind == 'jockey' else 'runner' -%}
with

entities as (

    select * from {{ ref('int_entities') }}

),

performance as (

    select * from {{ ref('int_' ~ kind ~ '_performance') }}

),

final as (

    select
        entities.entity_id as id,
        entities.name,
        {%- if kind == 'trainer' %}
        entities.location,
        {%- endif %}
        entities.first_landed_at as created_at,
        entities.changed_at as updated_at,
        {%- if kind == 'owner' %}
        coalesce(performance.horses, 0)::integer as total_horses,
        {%- endif %}
        coalesce(performance.runs, 0)::integer as total_{{ runs }},
        coalesce(performance.wins, 0)::integer as total_wins,
        coalesce(performance.places, 0)::integer as total_places,
        coalesce(performance.seconds, 0)::integer as total_seconds,
        coalesce(performance.thirds, 0)::integer as total_thirds,
        {{ percentage('performance.wins', 'performance.runs') }}::numeric(5, 2) as win_rate,
        {{ percentage('performance.places', 'performance.runs') }}::numeric(5, 2) as place_rate,
        {%- if kind == 'owner' %}
        coalesce(performance.runs_30d > 0, false) as active_last_30d,
        {%- endif %}
        coalesce(performance.changed_at, entities.changed_at) as stats_updated_at,
        performance.last_run_on as last_{{ run }}_date,
        performance.last_win_on as last_win_date,
        {{ days_since('performance.last_run_on') }} as days_since_last_{{ run }},
        {{ days_since('performance.last_win_on') }} as days_since_last_win,
        {%- for days in [14, 30] %}
        coalesce(performance.runs_{{ days }}d, 0)::integer as recent_{{ days }}d_{{ recent_runs }},
        coalesce(performance.wins_{{ days }}d, 0)::integer as recent_{{ days }}d_wins,
        {{ percentage('performance.wins_' ~ days ~ 'd', 'performance.runs_' ~ days ~ 'd') }}::numeric(5, 2)
            as recent_{{ days }}d_win_rate,
        {%- endfor %}
        {%- if kind == 'trainer' %}
        entities.has_card,
        {%- endif %}
        {{ market_figures('performance') }}
    from entities
    left join performance on entities.entity_id = performance.person_id
    where entities.entity_type = '{{ kind }}'

)

select * from final
{%- endmacro %}
