with

entities as (

    select * from {{ ref('int_entities') }}

),

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}

),

locations as (

    select
        trainer_id,
        {{ newest(
            'trainer_location',
            'race_date desc, off_dt desc nulls last, ' ~ bytewise('race_id') ~ ' desc'
        ) }} as location
    from racecard_runners
    group by trainer_id

),

final as (

    select
        entities.entity_id as id,
        entities.name,
        locations.location,
        entities.first_landed_at as created_at,
        entities.changed_at as updated_at,
        locations.trainer_id is not null as has_card
    from entities
    left join locations on entities.entity_id = locations.trainer_id
    where entities.entity_type = 'trainer'

)

select * from final
