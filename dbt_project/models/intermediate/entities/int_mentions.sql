{{ config(
    indexes=[{'columns': ['entity_id', 'entity_type']}],
    meta={
        'unit': ['entity_type', 'entity_id'],
        'changes': {
            'stg_racing_api__horses': {'each': entities_of('changed', parent_kinds())},
            'stg_racing_api__racecard_runners': {
                'each': entities_of('changed', person_kinds() + parent_kinds())
            },
            'stg_racing_api__result_runners': {
                'each': entities_of('changed', person_kinds() + parent_kinds())
            },
        },
    },
) }}

{% set spelling = [
    'entity_type', 'entity_id', 'name', 'bred_in', 'location', 'is_card',
] %}
{% set extremes = {
    'seen_at': 'max', 'seen_on': 'max', 'first_landed_at': 'min', 'changed_at': 'max',
} %}
{% set kinds = person_kinds() + parent_kinds() %}
{% set sources = [
    'stg_racing_api__horses', 'stg_racing_api__racecard_runners', 'stg_racing_api__result_runners',
] %}

with
{% for counted in ['counted', 'recounted'] if counted == 'counted' or by_changes() %}

    {% if counted == 'recounted' %}

        -- The first or the newest mention of a spelling may be one that went.
        in_doubt as (

            select distinct
                entity_type,
                entity_id
            from added_up
            where is_in_doubt

        ),

    {% endif %}

    {% for source in sources %}
        {{ counted }}_{{ source }} as (

            {% if counted == 'counted' %}
                {{ rows_or_changes(source) }}
            {% else %}
                select
                    *,
                    1 as change
                from {{ ref(source) }}
                where
                    exists (select from in_doubt)
                    and (
                        {% for kind in (parent_kinds() if loop.first else kinds) %}
                            {{ "or " if not loop.first }}{{ kind }}_id in (
                                select entity_id from in_doubt
                                where entity_type = '{{ kind }}'
                            )
                        {% endfor %}
                    )
            {% endif %}

        ),

    {% endfor %}

    -- One row per entity and spelling: few of them differ.
    {{ counted }} as (

        select
            entity.entity_type,
            entity.entity_id,
            entity.name,
            case entity.entity_type
                when 'sire' then cards.sire_region
                when 'dam' then cards.dam_region
                when 'damsire' then cards.damsire_region
            end as bred_in,
            case when entity.entity_type = 'trainer' then cards.trainer_location end as location,
            true as is_card,
            cards.change,
            count(*) as mentions,
            max(coalesce(cards.off_dt, {{ london_midnight('cards.race_date') }})) as seen_at,
            max(cards.race_date) as seen_on,
            min(cards.first_landed_at) as first_landed_at,
            max(cards.changed_at) as changed_at
        from {{ counted }}_{{ sources[1] }} as cards
        cross join {{ entities_of('cards', kinds) }}
        where entity.entity_id is not null
        group by
            entity.entity_type, entity.entity_id, entity.name, bred_in, location, cards.change

        union all

        select
            entity.entity_type,
            entity.entity_id,
            entity.name,
            null as bred_in,
            null as location,
            false as is_card,
            results.change,
            count(*) as mentions,
            max(coalesce(results.off_dt, {{ london_midnight('results.race_date') }})) as seen_at,
            null::date as seen_on,
            min(results.first_landed_at) as first_landed_at,
            max(results.changed_at) as changed_at
        from {{ counted }}_{{ sources[2] }} as results
        cross join {{ entities_of('results', kinds) }}
        where entity.entity_id is not null
        group by entity.entity_type, entity.entity_id, entity.name, results.change

        union all

        select
            entity.entity_type,
            entity.entity_id,
            entity.name,
            null as bred_in,
            null as location,
            false as is_card,
            profiles.change,
            count(*) as mentions,
            max(profiles.changed_at) as seen_at,
            null::date as seen_on,
            min(profiles.first_landed_at) as first_landed_at,
            max(profiles.changed_at) as changed_at
        from {{ counted }}_{{ sources[0] }} as profiles
        cross join {{ entities_of('profiles', parent_kinds()) }}
        where entity.entity_id is not null
        group by entity.entity_type, entity.entity_id, entity.name, profiles.change

    ),

    {% if counted == 'counted' %}

        added as (

            select
                {{ spelling | join(', ') }},
                change,
                mentions,
                {{ extremes | join(', ') }}
            from counted
            {% if by_changes() %}
                union all
                select
                    {{ spelling | join(', ') }},
                    0 as change,
                    mentions,
                    {{ extremes | join(', ') }}
                from {{ this }}
                where {{ is_taken_up() }}
            {% endif %}

        ),

        added_up as (

            {{ added_up('added', spelling, 'mentions', {'mentions': none}, extremes) }}

        ),

    {% endif %}

{% endfor %}

final as (

    select
        {{ spelling | join(', ') }},
        mentions,
        {{ extremes | join(', ') }}
    from added_up
    {% if by_changes() %}
        where (entity_type, entity_id) not in (select entity_type, entity_id from in_doubt)
        union all
        select
            {{ spelling | join(', ') }},
            sum(mentions)::bigint as mentions,
            {% for extreme, how in extremes.items() %}
                {{ how }}({{ extreme }}) as {{ extreme }}{{ "," if not loop.last }}
            {% endfor %}
        from recounted
        where (entity_type, entity_id) in (select entity_type, entity_id from in_doubt)
        group by {{ spelling | join(', ') }}
    {% endif %}

)

select * from final
