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

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}
    where {{ is_taken_up('owner_key') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('owner_key') }}

),

named as (

    select
        'card' as source,
        runner_id,
        race_id,
        horse_id,
        race_date,
        owner_id,
        owner_key
    from racecard_runners
    where owner_key is not null

    union all

    select
        'result' as source,
        runner_id,
        race_id,
        horse_id,
        race_date,
        owner_id,
        owner_key
    from result_runners
    where owner_key is not null

),

without_id as (

    select
        source,
        runner_id,
        race_id,
        horse_id,
        owner_key
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
            and without_id.owner_key = named.owner_key
    where named.owner_id is not null
    order by
        without_id.source asc,
        without_id.runner_id asc,
        named.race_date desc,
        {{ bytewise('named.owner_id') }} asc

),

-- Two owners of one name are told apart by nothing that the feed has.
ids_of_name as (

    select
        owner_key,
        min(owner_id) as owner_id
    from named
    where owner_id is not null
    group by owner_key
    having count(distinct owner_id) = 1

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
