{{ config(
    unique_key=['entity_type', 'entity_id'],
    indexes=[{'columns': ['entity_id', 'entity_type'], 'unique': true}],
    meta={
        'unit': ['entity_type', 'entity_id'],
        'changes': {'int_mentions': none},
    },
) }}

{% set newest_country = 'seen_at desc, ' ~ bytewise('country') %}

with

mentions as (

    select * from {{ ref('int_mentions') }}
    where {{ is_taken_up() }}

),

countries as (

    select * from {{ ref('bloodstock_countries') }}

),

-- A result drops "&" and commas from an owner's name, so a card's spelling goes before it.
names as (

    select distinct on (entity_type, entity_id)
        entity_type,
        entity_id,
        case
            when entity_type in ('sire', 'dam', 'damsire') then {{ without_country('name') }}
            else name
        end as name
    from mentions
    order by
        entity_type asc,
        entity_id asc,
        name is null asc,
        entity_type = 'owner' and is_card desc,
        seen_at desc,
        is_card desc,
        {{ bytewise('name') }} asc

),

-- Where a trainer's newest card says that the yard is.
locations as (

    select
        entity_id as trainer_id,
        {{ newest('location', 'seen_on desc, ' ~ bytewise('location')) }} as location
    from (
        select
            entity_id,
            location,
            max(seen_on) as seen_on
        from mentions
        where entity_type = 'trainer' and is_card
        group by entity_id, location
    ) as located
    group by entity_id

),

-- Where a parent was bred stands beside its name on a card, behind it elsewhere.
bred as (

    select
        *,
        case
            when bred_in is not null then bred_in
            when entity_type in ('sire', 'dam', 'damsire') then {{ country_of('name') }}
        end as country
    from mentions

),

seen as (

    select
        entity_type,
        entity_id,
        {{ newest('country', newest_country) }} as country,
        min(first_landed_at) as first_landed_at,
        max(changed_at) as changed_at,
        bool_or(is_card) as has_card
    from bred
    group by entity_type, entity_id

),

final as (

    select
        seen.entity_type,
        seen.entity_id,
        names.name,
        locations.location,
        coalesce(countries.code, seen.country) as region,
        seen.has_card,
        seen.first_landed_at,
        seen.changed_at
    from seen
    inner join names
        on seen.entity_type = names.entity_type and seen.entity_id = names.entity_id
    left join countries on seen.country = countries.suffix
    left join locations
        on seen.entity_id = locations.trainer_id and seen.entity_type = 'trainer'

)

select * from final
