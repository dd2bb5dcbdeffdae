{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'int_runs': {
                'columns': ['runner_id', 'sp_decimal', 'position', 'is_win'],
            },
            'int_races': {
                'columns': ['winners', 'is_incomplete', 'runs', 'is_handicap'],
            },
        },
    },
) }}

with

runs as (

    select * from {{ ref('int_runs') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

placed as (

    select
        runs.runner_id,
        runs.race_id,
        runs.sp_decimal,
        runs.position,
        runs.is_win,
        races.winners,
        count(*) over (partition by runs.race_id, runs.position) as sharing,
        -- How many places were paid hangs on how many ran, which an incomplete result hides.
        case
            when races.is_incomplete then null
            else {{ paid_places('races.runs', 'races.is_handicap') }}
        end as paid_places,
        {{ place_denominator('races.runs', 'races.is_handicap') }} as place_denominator,
        case
            when runs.sp_decimal is not null
                then rank() over (partition by runs.race_id order by runs.sp_decimal asc nulls last)
        end as favourite_position
    from runs
    inner join races on runs.race_id = races.race_id

),

-- Horses that share a position share the paid places among them.
returned as (

    select
        runner_id,
        race_id,
        favourite_position,
        paid_places,
        case when is_win then sp_decimal / winners else 0 end as win_return,
        case
            when position is null then 0
            else
                (1 + (sp_decimal - 1) / place_denominator)
                * least(greatest(paid_places - position + 1, 0), sharing) / sharing
        end as place_return,
        sp_decimal
    from placed

),

final as (

    select
        runner_id,
        race_id,
        favourite_position,
        (case when sp_decimal is not null then win_return end)::numeric(12, 4) as win_return,
        (case when sp_decimal is not null and paid_places > 0 then place_return end)::numeric(12, 4)
            as place_return,
        (case
            when sp_decimal is null or paid_places is null then null
            when paid_places = 0 then win_return
            else (win_return + place_return) / 2
        end)::numeric(12, 4) as each_way_return
    from returned

)

select * from final
