with

odds as (

    select * from {{ ref('stg_racing_api__racecard_odds') }}

),

races as (

    select * from {{ ref('int_races') }}

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
final as (

    select
        {{ runner_id('quotes.race_id', 'quotes.horse_id') }} as runner_id,
        {%- for type, suffix in [('fixed_odds', ''), ('exchange', '_exchange')] %}
        {%- for figure, name in [('min', 'lowest'), ('max', 'highest')] %}
        {{ figure }}(quotes.price) filter (
            where {{ bookmaker_type('quotes.bookmaker_code') }} = '{{ type }}'
        ) as {{ name }}{{ suffix }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from quotes
    inner join races on quotes.race_id = races.race_id
    where quotes.given_at < races.off_dt
    group by quotes.race_id, quotes.horse_id

)

select * from final
