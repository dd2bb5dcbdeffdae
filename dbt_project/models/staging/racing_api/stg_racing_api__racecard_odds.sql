{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    indexes=[{'columns': ['race_id']}],
    pre_hook="{{ delete_changed('racecards', 'race_id') }}",
) }}

with

source as (

    {{ select_unpacked('racecards', 'race_id') }}

),

runners as (

    select
        source.race_id,
        source.race_date,
        source.first_landed_at,
        source.changed_at,
        entries.horse_id,
        entries.runner,
        {{ is_non_runner("entries.runner ->> 'number'", "entries.runner ->> 'jockey'") }}
            as is_non_runner
    from source
    cross join {{ runner_entries('source', 'off_time') }} as entries
    {{ computed_once() }}

),

prices as (

    select
        runners.race_id,
        runners.race_date,
        runners.first_landed_at,
        runners.changed_at,
        runners.is_non_runner,
        runners.horse_id,
        entry.price,
        {{ price_history('entry.price') }} as history
    from runners
    cross join lateral {{ array_entries("runners.runner -> 'odds'") }} as entry (price)
    {{ computed_once() }}

),

renamed as (

    select
        ----------  ids
        race_id,
        horse_id,
        {{ bookmaker_code(api_text("price ->> 'bookmaker'")) }} as bookmaker_code,

        ----------  strings
        {{ api_text("price ->> 'bookmaker'") }} as bookmaker,
        {{ api_text("price ->> 'fractional'") }} as fractional_odds,

        ----------  numerics
        case when not is_non_runner then {{ price("price ->> 'decimal'") }} end as decimal_odds,
        case when not is_non_runner then history end as history,
        {{ measured(api_integer("price ->> 'ew_places'")) }} as ew_places,
        {{ measured(api_integer("price ->> 'ew_denom'")) }} as ew_denom,

        ----------  times
        race_date,
        {{ api_london_moment("price ->> 'updated'") }} as updated_at,
        first_landed_at,
        changed_at,
        {{ reading_version() }} as reading_version
    from prices

)

select * from renamed
where bookmaker_code is not null
