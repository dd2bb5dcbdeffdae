{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecard_odds': none,
            'int_races': {'columns': ['off_dt']},
        },
    },
) }}

with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

-- Every price with the moment at which it was given.
quotes as (

    select
        race_id,
        horse_id,
        bookmaker_code,
        decimal_odds as price,
        updated_at as given_at
    from odds
    where decimal_odds is not null and updated_at is not null

    union all

    select
        odds.race_id,
        odds.horse_id,
        odds.bookmaker_code,
        (change.quote ->> 1)::numeric as price,
        to_timestamp((change.quote ->> 0)::numeric) as given_at
    from odds
    cross join lateral jsonb_array_elements(odds.history) as change (quote)

),

-- The off is when the race started, which its result knows better than its card.
before_the_off as (

    select
        quotes.race_id,
        quotes.horse_id,
        quotes.price,
        {{ bookmaker_type('quotes.bookmaker_code') }} as bookmaker_type
    from quotes
    inner join races on quotes.race_id = races.race_id
    where quotes.given_at < races.off_dt

),

final as (

    select
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        race_id,
        min(price) filter (where bookmaker_type = 'fixed_odds') as lowest,
        max(price) filter (where bookmaker_type = 'fixed_odds') as highest,
        min(price) filter (where bookmaker_type = 'exchange') as lowest_exchange,
        max(price) filter (where bookmaker_type = 'exchange') as highest_exchange
    from before_the_off
    group by race_id, horse_id

)

select * from final
