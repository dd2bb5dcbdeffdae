{{ config(
    indexes=[
        {'columns': ['race_id'], 'unique': true},
    ],
    pre_hook="{{ take_up_payloads('results', 'race_id') }}",
    meta={
        'unit': ['race_id'],
    },
) }}

with

source as (

    {{ select_payloads('results', 'race_id') }}

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
        {{ api_text("payload ->> 'class'") }} as class,
        {{ api_text("payload ->> 'pattern'") }} as pattern,
        {{ api_text("payload ->> 'rating_band'") }} as rating_band,
        {{ api_text("payload ->> 'age_band'") }} as age_band,
        {{ api_text("payload ->> 'sex_rest'") }} as sex_restriction,
        {{ measured_text(api_text("payload ->> 'dist'")) }} as distance_round,
        {{ api_text("payload ->> 'going'") }} as going,
        {{ api_text("payload ->> 'surface'") }} as surface,
        {{ api_text("payload ->> 'jumps'") }} as jumps,
        {{ measured_text(api_text("payload ->> 'winning_time_detail'")) }} as winning_time_detail,
        {{ api_text("payload ->> 'comments'") }} as comments,
        {{ api_text("payload ->> 'non_runners'") }} as non_runners,
        {{ api_text("payload ->> 'tote_win'") }} as tote_win,
        {{ api_text("payload ->> 'tote_pl'") }} as tote_pl,
        {{ api_text("payload ->> 'tote_ex'") }} as tote_ex,
        {{ api_text("payload ->> 'tote_csf'") }} as tote_csf,
        {{ api_text("payload ->> 'tote_tricast'") }} as tote_tricast,
        {{ api_text("payload ->> 'tote_trifecta'") }} as tote_trifecta,
        plan,

        ----------  numerics
        {{ furlongs("payload ->> 'dist_f'") }} as furlongs,
        coalesce(
            {{ measured(api_integer("payload ->> 'dist_y'")) }},
            {{ yards_of_metres(measured(api_integer("payload ->> 'dist_m'"))) }}
        ) as distance_yards,
        {{ written_distance_yards("payload ->> 'dist'") }} as written_yards,
        {{ measured(api_integer("payload ->> 'dist_m'")) }} as distance_metres,

        ----------  times
        race_date,
        {{ api_moment("payload ->> 'off_dt'") }} as stated_off_dt,
        {{ off_moment("payload ->> 'off_dt'", "payload ->> 'off'", 'race_date') }} as off_dt,
        first_landed_at,
        changed_at
    from races

)

select * from renamed
