{{ config(
    unique_key='id',
    indexes=[
        {'columns': ['runner_id']},
    ],
    meta={
        'unit': ['runner_id'],
        'changes': {
            'stg_racing_api__racecard_records': none,
        },
    },
) }}

with

records as (

    select * from {{ ref('stg_racing_api__racecard_records') }}
    where {{ is_taken_up('runner_id') }}

),

-- Exact duplicates are told apart by a counter.
numbered as (

    select
        *,
        coalesce(changed_on, dated) as record_date,
        coalesce(quote, medical_type) as record_text,
        row_number() over (
            partition by
                runner_id,
                record_type,
                coalesce(entity_id, entity_name),
                coalesce(changed_on, dated),
                coalesce(quote, medical_type)
            order by
                {{ bytewise('quote_race_id') }} asc nulls first,
                {{ bytewise('entity_name') }} asc nulls first
        ) as copy
    from records

),

final as (

    select
        {{ row_id([
            ['runner', 'runner_id::text'],
            ['record_type', 'record_type'],
            ['entity', "coalesce(entity_id, entity_name, '')"],
            ['date', "coalesce(record_date::text, '')"],
            ['text', "coalesce(record_text, '')"],
            ['copy', 'copy::text'],
        ]) }} as id,
        runner_id,
        record_type,
        entity_type,
        entity_id,
        entity_name,
        case
            when record_type in ('prev_trainer', 'prev_owner') then changed_on
            when record_type = 'quote' then dated
        end as change_date,
        case when record_type = 'medical' then medical_type end as medical_type,
        case when record_type = 'medical' then dated end as medical_date,
        case when record_type = 'quote' then quote end as quote_text,
        case when record_type = 'quote' then quote_race_id end as quote_race_id,
        case when record_type = 'stable_tour' then quote end as stable_tour_text,
        case when record_type = 'trainer_14_days' then runs end as stats_runs,
        case when record_type = 'trainer_14_days' then wins end as stats_wins,
        (case when record_type = 'trainer_14_days' then percent end)::numeric(5, 2)
            as stats_win_percent,
        first_landed_at as created_at
    from numbered

)

select * from final
