{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['horse_id']},
        {'columns': ['race_id']},
        {'columns': ['race_date']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'int_runners': none,
            'stg_racing_api__racecard_runners': none,
            'stg_racing_api__racecards': none,
            'int_races': {
                'columns': ['course_id', 'code', 'class', 'furlongs', 'going_group', 'is_all_weather', 'is_handicap'],
            },
            'int_horses': {
                'columns': ['sire_id', 'dam_id', 'damsire_id'],
                'through': 'int_runners',
                'on': ['horse_id'],
            },
        },
    },
) }}

with

runners as (

    select * from {{ ref('int_runners') }}
    where {{ is_taken_up('race_id') }}

),

declared as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}
    where {{ is_taken_up('race_id') }}

),

racecards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

going_groups as (

    select * from {{ ref('going_groups') }}

),

planned as (

    select
        racecards.race_id,
        {{ racing_code('racecards.type') }} as code,
        {{ race_class('null', 'racecards.class', 'racecards.pattern') }} as class,
        coalesce(
            racecards.furlongs, {{ furlongs_of_yards('racecards.distance_yards') }}
        ) as furlongs,
        going_groups.going_group,
        {{ is_all_weather('racecards.surface', 'going_groups') }} as is_all_weather,
        {{ is_handicap('racecards.race_name') }} as is_handicap,
        racecards.course_id,
        racecards.off_dt
    from racecards
    left join going_groups on lower(racecards.going) = lower(going_groups.spelling)

),

-- Whatever has a card is as the card had it, also where it had nothing: a result knows who rode
-- and what the going was in the end. So do some ids of owners that the card did not send, which are
-- known from other races, later ones too.
known as (

    select
        runners.runner_id,
        runners.race_id,
        runners.horse_id,
        runners.race_date,
        {% for column in [
            'trainer_id', 'jockey_id', 'headgear', 'sex_code', 'ofr', 'age', 'draw'
        ] %}
            case when runners.has_card then declared.{{ column }} else runners.{{ column }} end
                as {{ column }},
        {% endfor %}
        case
            when runners.has_card then {{ is_declared('declared') }}
            else planned.race_id is null
        end as is_in_field,
        case
            when runners.has_card then declared.owner_id
            when not runners.owner_id_is_inferred then runners.owner_id
        end as owner_id,
        case when runners.has_card then declared.owner_key else {{ owner_key('runners.owner') }} end
            as owner_key,
        coalesce({{ has_plan('declared.plan', 'basic') }}, false) as tells_headgear_run,
        runners.headgear_run,
        runners.wind_surgery_run,
        case
            when runners.has_card then {{ weight_to_carry('declared') }}
            else runners.weight_lbs
        end as weight_lbs,
        -- A course that the card names without its id is known all the same.
        coalesce(planned.course_id, races.course_id) as course_id,
        {% for column in [
            'code', 'class', 'furlongs', 'going_group', 'is_all_weather', 'is_handicap'
        ] %}
            case when planned.race_id is null then races.{{ column }} else planned.{{ column }} end
                as {{ column }},
        {% endfor %}
        runners.has_card,
        coalesce(runners.has_card and runners.card_known_at < planned.off_dt, false)
            as is_from_before_off,
        horses.sire_id,
        horses.dam_id,
        horses.damsire_id,
        runners.first_landed_at,
        runners.changed_at
    from runners
    inner join races on runners.race_id = races.race_id
    inner join horses on runners.horse_id = horses.horse_id
    left join declared
        on runners.race_id = declared.race_id and runners.runner_id = declared.runner_id
    left join planned on runners.race_id = planned.race_id

),

final as (

    select
        *,
        {{ yard_of('known.trainer_id', 'known.race_date') }} as yard,
        {{ distance_band('known.code', 'known.furlongs') }} as distance_band,
        {{ surface('known.is_all_weather') }} as surface,
        {{ early_age('known.age') }} as early_age
    from known

)

select * from final
