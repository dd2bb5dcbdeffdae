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

-- Every look at a payload decompresses all of it, and the runners are nearly all of it: they are
-- taken off first.
races as (

    select
        race_id,
        race_date,
        payload - 'runners' as payload,
        plan,
        first_landed_at,
        changed_at
    from source
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
        lower({{ api_text("payload ->> 'race_status'") }}) as race_status,
        {{ prize_currency("payload ->> 'prize'") }} as prize_currency,
        plan,

        ----------  numerics
        {{ furlongs("payload ->> 'distance_f'") }} as furlongs,
        {{ written_distance_yards("payload ->> 'distance'") }} as distance_yards,
        {{ prize_amount("payload ->> 'prize'") }} as prize,

        ----------  booleans
        {{ api_flag("payload ->> 'big_race'") }} as is_big_race,
        {{ api_flag("payload ->> 'is_abandoned'") }} as is_abandoned,

        ----------  times
        race_date,
        {{ api_moment("payload ->> 'off_dt'") }} as stated_off_dt,
        {{ off_moment("payload ->> 'off_dt'", "payload ->> 'off_time'", 'race_date') }} as off_dt,
        first_landed_at,
        changed_at
    from races

)

select * from renamed
