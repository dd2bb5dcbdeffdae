{{ config(
    indexes=[
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecards': none,
        },
    },
) }}

with

racecards as (

    select * from {{ ref('stg_racing_api__racecards') }}
    where {{ is_taken_up('race_id') }}

),

{% if by_changes() %}

    -- What was unpacked stays so, and only later versions are.
    known as (

        select unpacked.*
        from {{ this }} as unpacked
        inner join racecards on unpacked.race_id = racecards.race_id

    ),

    reached as (

        select
            race_id,
            max(version_at) as version_at
        from known
        group by race_id

    ),

{% endif %}

earlier as (

    {{ select_earlier_payloads_of('racecards', 'racecards', 'race_id') }}

),

source as (

    select earlier.* from earlier
    {% if by_changes() %}
        left join reached on earlier.race_id = reached.race_id
        where reached.version_at is null or earlier.changed_at > reached.version_at
    {% endif %}

),

runners as (

    select
        source.race_id,
        source.changed_at,
        entries.horse_id,
        entries.runner
    from source
    cross join {{ runner_entries('source', 'off_time') }} as entries
    where
        not {{ is_non_runner("entries.runner ->> 'number'", "entries.runner ->> 'jockey'") }}
    {{ computed_once() }}

),

prices as (

    select
        runners.race_id,
        runners.horse_id,
        runners.changed_at,
        prices.bookmaker_code,
        prices.decimal_odds,
        prices.updated_at,
        prices.is_newest,
        {{ price_history('prices.price') }} as history
    from runners
    cross join {{ price_entries('runners.runner') }} as prices

),

quotes as (

    select
        race_id,
        horse_id,
        bookmaker_code,
        'card' as source,
        decimal_odds,
        coalesce(updated_at, changed_at) as given_at,
        changed_at as version_at
    from prices
    where is_newest

    union all

    select
        prices.race_id,
        prices.horse_id,
        prices.bookmaker_code,
        'history' as source,
        (change.quote ->> 1)::numeric as decimal_odds,
        to_timestamp((change.quote ->> 0)::numeric) as given_at,
        prices.changed_at as version_at
    from prices
    cross join lateral jsonb_array_elements(prices.history) as change (quote)

    {% if by_changes() %}
        union all

        select
            race_id,
            horse_id,
            bookmaker_code,
            source,
            decimal_odds,
            given_at,
            version_at
        from known
    {% endif %}

),

-- A price that versions of a card repeat was given once.
final as (

    select
        ----------  ids
        race_id,
        horse_id,
        bookmaker_code,

        ----------  strings
        source,

        ----------  numerics
        decimal_odds,

        ----------  times
        given_at,
        min(version_at) as version_at
    from quotes
    group by race_id, horse_id, bookmaker_code, source, decimal_odds, given_at

)

select * from final
