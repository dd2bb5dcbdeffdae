{{ config(
    unique_key=['race_id', 'id'],
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['race_id', 'horse_id']},
        {'columns': ['horse_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__racecard_odds': none,
            'stg_racing_api__racecard_odds_versions': none,
            'int_races': {'columns': ['off_dt', 'race_date']},
        },
    },
) }}

with

odds as not materialized (

    select * from {{ ref('stg_racing_api__racecard_odds') }}
    where {{ is_taken_up('race_id') }}

),

odds_versions as (

    select * from {{ ref('stg_racing_api__racecard_odds_versions') }}
    where {{ is_taken_up('race_id') }}

),

races as (

    select * from {{ ref('int_races') }}
    where {{ is_taken_up('race_id') }}

),

quotes as (

    select
        race_id,
        horse_id,
        bookmaker_code,
        decimal_odds,
        coalesce(updated_at, changed_at) as changed_at,
        'card' as source
    from odds
    where is_newest

    union all

    select
        odds.race_id,
        odds.horse_id,
        odds.bookmaker_code,
        (change.quote ->> 1)::numeric as decimal_odds,
        to_timestamp((change.quote ->> 0)::numeric) as changed_at,
        'history' as source
    from odds
    cross join lateral jsonb_array_elements(odds.history) as change (quote)

    union all

    select
        race_id,
        horse_id,
        bookmaker_code,
        decimal_odds,
        given_at as changed_at,
        source
    from odds_versions

),

-- Of one moment a bookmaker has one price: what its history says of it, else the highest.
moments as (

    select distinct on (race_id, horse_id, bookmaker_code, changed_at) *
    from quotes
    order by
        race_id asc,
        horse_id asc,
        bookmaker_code asc,
        changed_at asc,
        (source = 'history') desc,
        decimal_odds desc

),

compared as (

    select
        *,
        lag(decimal_odds) over (
            partition by race_id, horse_id, bookmaker_code
            order by changed_at
        ) as price_before
    from moments

),

final as (

    select
        {{ row_id([
            ['race', 'compared.race_id'],
            ['horse', 'compared.horse_id'],
            ['bookmaker', 'compared.bookmaker_code'],
            ['at', 'extract(epoch from compared.changed_at)::text'],
        ]) }} as id,
        compared.race_id,
        compared.horse_id,
        {{ row_id([['bookmaker', 'compared.bookmaker_code']]) }} as bookmaker_id,
        races.race_date,
        compared.changed_at,
        compared.decimal_odds::numeric(10, 3) as decimal_odds,
        compared.source,
        coalesce(compared.changed_at < races.off_dt, false) as is_before_off
    from compared
    inner join races on compared.race_id = races.race_id
    where compared.decimal_odds is distinct from compared.price_before

)

select * from final
