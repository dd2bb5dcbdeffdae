{{ config(
    indexes=[
        {'columns': ['race_id'], 'unique': true},
    ],
    pre_hook="{{ take_up_payloads('racecards', 'race_id') }}",
    meta={
        'unit': ['race_id'],
    },
) }}

with

source as (

    {{ select_payloads('racecards', 'race_id') }}

),

earlier as (

    {{ select_earlier_payloads('racecards', 'race_id') }}

),

stated as (

    select
        race_id,
        race_date,
        plan,
        changed_at,
        payload ->> 'off_dt' as off_dt,
        payload ->> 'off_time' as off_time
    from source
    where race_id in (select earlier.race_id from earlier)
    {{ computed_once() }}

),

-- A race without an off was off by the end of its day.
offs as (

    select
        race_id,
        plan,
        changed_at,
        coalesce(
            {{ off_moment('off_dt', 'off_time', 'race_date') }},
            (race_date + 1)::timestamp at time zone 'Europe/London'
        ) as off_dt
    from stated

),

versions as (

    select
        race_id,
        plan,
        changed_at
    from earlier
    union all
    select
        race_id,
        plan,
        changed_at
    from offs

),

-- Of a card that has changed the version which stood at the off that its newest one states, else
-- the first one. What a bigger plan adds to a card is no change of it.
stood as (

    select distinct on (offs.race_id)
        offs.race_id,
        versions.changed_at as card_known_at
    from offs
    inner join versions on offs.race_id = versions.race_id
    order by
        offs.race_id asc,
        versions.plan = offs.plan desc,
        versions.changed_at < offs.off_dt desc,
        case when versions.changed_at < offs.off_dt then versions.changed_at end desc,
        versions.changed_at asc

),

-- Every look at a payload decompresses all of it, and the runners are nearly all of it: they are
-- taken off first.
races as (

    select
        source.race_id,
        source.race_date,
        coalesce(earlier.payload, source.payload) - 'runners' as payload,
        case when earlier.race_id is not null then source.payload - 'runners' end as payload_since,
        source.plan,
        source.first_landed_at,
        source.changed_at,
        coalesce(stood.card_known_at, source.changed_at) as card_known_at
    from source
    left join stood on source.race_id = stood.race_id
    left join earlier
        on stood.race_id = earlier.race_id and stood.card_known_at = earlier.changed_at
    {{ computed_once() }}

),

renamed as (

    select
        ----------  ids
        race_id,
        {{ api_text("payload ->> 'course_id'") }} as course_id,

        ----------  strings
        {{ api_text("payload ->> 'course'") }} as course_name,
        upper({{ api_text("payload ->> 'region'") }}) as region,
        {{ api_text("payload ->> 'race_name'") }} as race_name,
        {{ api_text("payload ->> 'type'") }} as type,
        {{ api_text("payload ->> 'race_class'") }} as class,
        {{ api_text("payload ->> 'pattern'") }} as pattern,
        {{ api_text("payload ->> 'rating_band'") }} as rating_band,
        {{ api_text("payload ->> 'age_band'") }} as age_band,
        {{ api_text("payload ->> 'sex_restriction'") }} as sex_restriction,
        {{ measured_text(api_text("payload ->> 'distance'")) }} as distance,
        {{ measured_text(api_text("payload ->> 'distance_round'")) }} as distance_round,
        {{ api_text("payload ->> 'going'") }} as going,
        {{ api_text("payload ->> 'going_detailed'") }} as going_detailed,
        {{ api_text("payload ->> 'surface'") }} as surface,
        {{ api_text("payload ->> 'jumps'") }} as jumps,
        {{ api_text("payload ->> 'stalls'") }} as stalls,
        {{ api_text("payload ->> 'rail_movements'") }} as rail_movements,
        {{ api_text("payload ->> 'weather'") }} as weather,
        {{ api_text("payload ->> 'tip'") }} as tip,
        {{ api_text("payload ->> 'verdict'") }} as verdict,
        {{ api_text("payload ->> 'betting_forecast'") }} as betting_forecast,
        lower({{ api_text("coalesce(payload_since, payload) ->> 'race_status'") }}) as race_status,
        {{ prize_currency("payload ->> 'prize'") }} as prize_currency,
        plan,

        ----------  numerics
        {{ furlongs("payload ->> 'distance_f'") }} as furlongs,
        {{ written_distance_yards("payload ->> 'distance'") }} as distance_yards,
        {{ prize_amount("payload ->> 'prize'") }} as prize,

        ----------  booleans
        {{ api_flag("payload ->> 'big_race'") }} as is_big_race,
        {{ api_flag("coalesce(payload_since, payload) ->> 'is_abandoned'") }} as is_abandoned,

        ----------  times
        race_date,
        {{ api_moment("payload ->> 'off_dt'") }} as stated_off_dt,
        {{ off_moment("payload ->> 'off_dt'", "payload ->> 'off_time'", 'race_date') }} as off_dt,
        first_landed_at,
        changed_at,
        card_known_at
    from races

)

select * from renamed
