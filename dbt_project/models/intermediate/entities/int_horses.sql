{{ config(
    unique_key='horse_id',
    indexes=[
        {'columns': ['horse_id'], 'unique': true},
        {'columns': ['sire_id']},
        {'columns': ['dam_id']},
        {'columns': ['damsire_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'stg_racing_api__horses': none,
            'stg_racing_api__racecard_runners': none,
            'stg_racing_api__result_runners': none,
        },
    },
) }}

{% set newest_race = 'off_dt desc nulls last, ' ~ bytewise('race_id') ~ ' desc' %}
{% set by_source = 'source_rank, seen_on desc, ' ~ newest_race %}
{% set by_age = 'seen_on desc, source_rank = 1 desc, ' ~ newest_race ~ ', source_rank' %}

with

profiles as (

    select * from {{ ref('stg_racing_api__horses') }}
    where {{ is_taken_up('horse_id') }}

),

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}
    where {{ is_taken_up('horse_id') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('horse_id') }}

),

countries as (

    select * from {{ ref('bloodstock_countries') }}

),

sightings as (

    select
        horse_id,
        1 as source_rank,
        (changed_at at time zone 'Europe/London')::date as seen_on,
        null::timestamptz as off_dt,
        ''::text as race_id,
        horse,
        null::text as region,
        sex_code,
        dob,
        colour,
        colour_code,
        breeder,
        sire_id,
        dam_id,
        damsire_id,
        {{ has_plan('plan', 'pro') }} as is_detailed,
        first_landed_at,
        changed_at
    from profiles

    union all

    select
        horse_id,
        2 as source_rank,
        race_date as seen_on,
        off_dt,
        race_id,
        horse,
        region,
        sex_code,
        dob,
        colour,
        null as colour_code,
        breeder,
        sire_id,
        dam_id,
        damsire_id,
        {{ has_plan('plan', 'basic') }} as is_detailed,
        first_landed_at,
        changed_at
    from racecard_runners

    union all

    select
        horse_id,
        3 as source_rank,
        race_date as seen_on,
        off_dt,
        race_id,
        horse,
        null as region,
        sex_code,
        null as dob,
        null as colour,
        null as colour_code,
        null as breeder,
        sire_id,
        dam_id,
        damsire_id,
        false as is_detailed,
        first_landed_at,
        changed_at
    from result_runners

),

horses as (

    select
        horse_id,
        {{ newest('horse', by_age) }} as horse,
        {{ newest('sex_code', by_age) }} as sex_code,
        {{ newest('case when source_rank = 1 then horse end', by_source) }} as profile_horse,
        {{ newest('region', by_source) }} as card_region,
        {{ newest("case when source_rank > 1 and horse like '%)' then horse end", by_source) }}
            as suffixed_horse,
        {{ newest('dob', by_source) }} as dob,
        {{ newest('colour', by_source) }} as colour,
        {{ newest('colour_code', by_source) }} as colour_code,
        {{ newest('breeder', by_source) }} as breeder,
        {{ newest('sire_id', by_source) }} as sire_id,
        {{ newest('dam_id', by_source) }} as dam_id,
        {{ newest('damsire_id', by_source) }} as damsire_id,
        bool_or(source_rank = 1) as has_profile,
        bool_or(source_rank = 2) as has_card,
        bool_or(is_detailed) as has_details,
        min(first_landed_at) as first_landed_at,
        max(changed_at) as changed_at
    from sightings
    group by horse_id

),

bred as (

    select
        *,
        coalesce(
            {{ country_of('profile_horse') }},
            card_region,
            {{ country_of('suffixed_horse') }}
        ) as country
    from horses

),

final as (

    select
        bred.horse_id,
        {{ without_country('bred.horse') }} as horse,
        coalesce(countries.code, bred.country) as region,
        bred.sex_code,
        bred.dob,
        bred.colour,
        coalesce(bred.colour_code, upper(bred.colour)) as colour_code,
        bred.breeder,
        bred.sire_id,
        bred.dam_id,
        bred.damsire_id,
        bred.has_profile,
        bred.has_card,
        bred.has_details,
        bred.first_landed_at,
        bred.changed_at
    from bred
    left join countries on bred.country = countries.suffix

)

select * from final
