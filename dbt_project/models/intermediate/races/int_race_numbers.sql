{{ config(
    unique_key='race_id',
    indexes=[
        {'columns': ['race_id'], 'unique': true},
        {'columns': ['race_date']},
    ],
    meta={
        'unit': ['race_date'],
        'changes': {
            'int_races': {
                'columns': ['race_id', 'region', 'course_id', 'course_name', 'off_dt'],
            },
        },
    },
) }}

with

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_date') }}

),

final as (

    select
        race_id,
        race_date,
        row_number() over (
            partition by race_date, coalesce(course_id, concat_ws(' ', region, course_name))
            order by off_dt asc nulls last, {{ bytewise('race_id') }} asc
        ) as race_number
    from races

)

select * from final
