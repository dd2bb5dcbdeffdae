with

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

named as (

    select
        'card' as source,
        runner_id,
        horse_id,
        race_date,
        owner_id,
        owner
    from racecard_runners
    where owner is not null

    union all

    select
        'result' as source,
        runner_id,
        horse_id,
        race_date,
        owner_id,
        owner
    from result_runners
    where owner is not null

),

without_id as (

    select
        source,
        runner_id,
        horse_id,
        {{ owner_key('owner') }} as owner_key
    from named
    where owner_id is null

),

-- The id that the same horse had under that name: the newest of several.
ids_of_horse as (

    select distinct on (without_id.source, without_id.runner_id)
        without_id.source,
        without_id.runner_id,
        named.owner_id
    from without_id
    inner join named
        on
            without_id.horse_id = named.horse_id
            and without_id.owner_key = {{ owner_key('named.owner') }}
    where named.owner_id is not null
    order by
        without_id.source asc,
        without_id.runner_id asc,
        named.race_date desc,
        {{ bytewise('named.owner_id') }} asc

),

spellings as (

    select distinct
        owner_id,
        owner
    from named
    where owner_id is not null

),

-- Two owners of one name are told apart by nothing that the feed has.
ids_of_name as (

    select
        {{ owner_key('owner') }} as owner_key,
        min({{ bytewise('owner_id') }}) as owner_id
    from spellings
    group by {{ owner_key('owner') }}
    having count(distinct owner_id) = 1

),

final as (

    select
        without_id.source,
        without_id.runner_id,
        coalesce(ids_of_horse.owner_id, ids_of_name.owner_id) as owner_id
    from without_id
    left join ids_of_horse
        on
            without_id.source = ids_of_horse.source
            and without_id.runner_id = ids_of_horse.runner_id
    left join ids_of_name on without_id.owner_key = ids_of_name.owner_key
    where coalesce(ids_of_horse.owner_id, ids_of_name.owner_id) is not null

)

select * from final
