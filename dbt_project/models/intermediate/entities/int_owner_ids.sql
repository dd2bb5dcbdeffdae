{{ config(
    unique_key=['source', 'runner_id'],
    indexes=[
        {'columns': ['runner_id', 'source'], 'unique': true},
        {'columns': ['owner_key']},
    ],
    meta={
        'unit': ['owner_key'],
        'changes': {
            'stg_racing_api__racecard_runners': [{'where': 'owner_id is null'}, {'known': true}],
            'stg_racing_api__result_runners': [{'where': 'owner_id is null'}, {'known': true}],
        },
    },
) }}

with

-- Looked up by index, for some names have thousands of runs, of which few are needed.
named as not materialized (

    select
        'card' as source,
        runner_id,
        race_id,
        horse_id,
        race_date,
        owner_id,
        owner_key
    from {{ ref('stg_racing_api__racecard_runners') }}

    union all

    select
        'result' as source,
        runner_id,
        race_id,
        horse_id,
        race_date,
        owner_id,
        owner_key
    from {{ ref('stg_racing_api__result_runners') }}

),

without_id as (

    select
        source,
        runner_id,
        race_id,
        horse_id,
        owner_key
    from named
    where owner_id is null and owner_key is not null and {{ is_taken_up('owner_key') }}

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
            and without_id.owner_key = named.owner_key
    where named.owner_id is not null
    order by
        without_id.source asc,
        without_id.runner_id asc,
        named.race_date desc,
        {{ bytewise('named.owner_id') }} asc

),

names as (

    select distinct owner_key from without_id

),

-- Two owners of one name are told apart by nothing that the feed has.
ids_of_name as (

    select
        names.owner_key,
        ids.first_id as owner_id
    from names
    cross join
        lateral (
            select
                min(named.owner_id) as first_id,
                max(named.owner_id) as last_id
            from named
            where named.owner_key = names.owner_key
        ) as ids
    where ids.first_id = ids.last_id

),

final as (

    select
        without_id.source,
        without_id.runner_id,
        without_id.race_id,
        without_id.horse_id,
        without_id.owner_key,
        coalesce(ids_of_horse.owner_id, ids_of_name.owner_id) as owner_id
    from without_id
    left join ids_of_horse
        on
            without_id.source = ids_of_horse.source
            and without_id.runner_id = ids_of_horse.runner_id
    left join ids_of_name on without_id.owner_key = ids_of_name.owner_key

)

select * from final
