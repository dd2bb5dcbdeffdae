{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type in ('jockey', 'trainer', 'owner')

),

overall as (

    select * from {{ ref('int_performance') }}
    where breakdown = 'overall' and is_all

),

runs as not materialized (

    select * from {{ ref('int_runs') }}

),

owned as (

    select
        owner_id,
        count(*) as horses
    from {{ ref('int_owned_horses') }}
    group by owner_id

),

-- The last days are those up to as_of_date; a run after it counts in the totals only.
recent as (
    {% for kind in person_kinds() %}
        select
            '{{ kind }}' as entity_type,
            {{ kind }}_id as entity_id,
            count(*) as runs_30d,
            count(*) filter (where is_win) as wins_30d,
            count(*) filter (where {{ in_last_days('race_date', 14) }}) as runs_14d,
            count(*) filter (where is_win and {{ in_last_days('race_date', 14) }}) as wins_14d
        from runs
        where {{ in_last_days('race_date', 30) }}
        group by {{ kind }}_id
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

final as (

    select
        entities.entity_type,
        entities.entity_id,
        entities.name,
        entities.location,
        entities.has_card,
        entities.first_landed_at,
        entities.changed_at,
        coalesce(owned.horses, 0)::integer as horses,
        coalesce(overall.runs, 0)::integer as runs,
        coalesce(overall.wins, 0)::integer as wins,
        coalesce(overall.seconds, 0)::integer as seconds,
        coalesce(overall.thirds, 0)::integer as thirds,
        coalesce(overall.places, 0)::integer as places,
        {{ percentage('overall.wins', 'overall.runs') }}::numeric(5, 2) as win_percent,
        {{ percentage('overall.places', 'overall.runs') }}::numeric(5, 2) as place_percent,
        coalesce(overall.changed_at, entities.changed_at) as counted_at,
        overall.last_run_on,
        overall.last_win_on,
        {{ days_since('overall.last_run_on') }} as days_since_last_run,
        {{ days_since('overall.last_win_on') }} as days_since_last_win,
        coalesce(recent.runs_14d, 0)::integer as runs_14d,
        coalesce(recent.wins_14d, 0)::integer as wins_14d,
        {{ percentage('recent.wins_14d', 'recent.runs_14d') }}::numeric(5, 2) as win_percent_14d,
        coalesce(recent.runs_30d, 0)::integer as runs_30d,
        coalesce(recent.wins_30d, 0)::integer as wins_30d,
        {{ percentage('recent.wins_30d', 'recent.runs_30d') }}::numeric(5, 2) as win_percent_30d,
        {{ market_figures('overall') }}
    from entities
    left join overall
        on entities.entity_id = overall.entity_id and entities.entity_type = overall.entity_type
    left join recent
        on entities.entity_id = recent.entity_id and entities.entity_type = recent.entity_type
    left join owned
        on entities.entity_id = owned.owner_id and entities.entity_type = 'owner'

)

select * from final
