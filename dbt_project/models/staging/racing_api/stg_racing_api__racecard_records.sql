{{ config(
    indexes=[
        {'columns': ['race_id']},
        {'columns': ['runner_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecards': none,
        },
    },
) }}

with

source as (

    {{ select_payloads_of(
        'stg_racing_api__racecards', 'racecards', 'race_id', version='card_known_at'
    ) }}

),

runners as (

    select
        source.race_id,
        source.first_landed_at,
        source.changed_at,
        entries.horse_id,
        entries.runner
    from source
    cross join {{ runner_entries('source', 'off_time') }} as entries

),

records as (

    select
        runners.race_id,
        runners.horse_id,
        runners.runner,
        runners.first_landed_at,
        runners.changed_at,
        lists.record_type,
        lists.entity_type,
        entry.record
    from runners
    cross join {{ record_lists('runners.runner') }}
    cross join lateral {{ array_entries('lists.entries') }} as entry (record)
    where jsonb_typeof(entry.record) = 'object'

),

renamed as (

    select
        ----------  ids
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        race_id,
        case record_type
            when 'prev_trainer' then {{ api_text("record ->> 'trainer_id'") }}
            when 'prev_owner' then {{ api_text("record ->> 'owner_id'") }}
            when 'trainer_14_days' then {{ api_text("runner ->> 'trainer_id'") }}
            when 'quote' then coalesce({{ api_text("record ->> 'horse_id'") }}, horse_id)
            else horse_id
        end as entity_id,
        {{ api_text("record ->> 'race_id'") }} as quote_race_id,

        ----------  strings
        record_type,
        entity_type,
        case record_type
            when 'prev_trainer' then {{ api_text("record ->> 'trainer'") }}
            when 'prev_owner' then {{ api_text("record ->> 'owner'") }}
            when 'trainer_14_days' then {{ api_text("runner ->> 'trainer'") }}
            when 'quote'
                then coalesce(
                    {{ api_text("record ->> 'horse'") }}, {{ api_text("runner ->> 'horse'") }}
                )
            else {{ api_text("runner ->> 'horse'") }}
        end as entity_name,
        {{ api_text("record ->> 'type'") }} as medical_type,
        {{ api_text("record ->> 'quote'") }} as quote,

        ----------  numerics
        {{ api_integer("record ->> 'runs'") }} as runs,
        {{ api_integer("record ->> 'wins'") }} as wins,
        {{ api_percentage("record ->> 'percent'") }} as percent,

        ----------  dates
        {{ api_date("record ->> 'change_date'") }} as changed_on,
        {{ api_date("record ->> 'date'") }} as dated,

        ----------  times
        first_landed_at,
        changed_at
    from records

)

select * from renamed
