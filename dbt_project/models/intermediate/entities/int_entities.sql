{% set people = ['jockey', 'trainer', 'owner'] %}
{% set parents = ['sire', 'dam', 'damsire'] %}
{% set newest_country = 'seen_at desc, ' ~ bytewise('country') %}

with

profiles as (

    select * from {{ ref('stg_racing_api__horses') }}

),

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

countries as (

    select * from {{ ref('bloodstock_countries') }}

),

-- One row per entity and spelling: few of them differ, so the sort that picks one stays small.
mentions as (

    select
        entity.entity_type,
        entity.entity_id,
        entity.name,
        case
            when entity.entity_type = 'sire' then racecard_runners.sire_region
            when entity.entity_type = 'dam' then racecard_runners.dam_region
            when entity.entity_type = 'damsire' then racecard_runners.damsire_region
        end as bred_in,
        true as is_card,
        max(coalesce(racecard_runners.off_dt, {{ london_midnight('racecard_runners.race_date') }}))
            as seen_at,
        min(racecard_runners.first_landed_at) as first_landed_at,
        max(racecard_runners.changed_at) as changed_at
    from racecard_runners
    cross join {{ entities_of('racecard_runners', people + parents) }}
    where entity.entity_id is not null
    group by entity.entity_type, entity.entity_id, entity.name, bred_in

    union all

    select
        entity.entity_type,
        entity.entity_id,
        entity.name,
        null as bred_in,
        false as is_card,
        max(coalesce(result_runners.off_dt, {{ london_midnight('result_runners.race_date') }}))
            as seen_at,
        min(result_runners.first_landed_at) as first_landed_at,
        max(result_runners.changed_at) as changed_at
    from result_runners
    cross join {{ entities_of('result_runners', people + parents) }}
    where entity.entity_id is not null
    group by entity.entity_type, entity.entity_id, entity.name

    union all

    select
        entity.entity_type,
        entity.entity_id,
        entity.name,
        null as bred_in,
        false as is_card,
        max(profiles.changed_at) as seen_at,
        min(profiles.first_landed_at) as first_landed_at,
        max(profiles.changed_at) as changed_at
    from profiles
    cross join {{ entities_of('profiles', parents) }}
    where entity.entity_id is not null
    group by entity.entity_type, entity.entity_id, entity.name

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
        trainer_id,
        {{ newest('location', 'seen_on desc, ' ~ bytewise('location')) }} as location
    from (
        select
            trainer_id,
            trainer_location as location,
            max(race_date) as seen_on
        from racecard_runners
        group by trainer_id, trainer_location
    ) as located
    group by trainer_id

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
