-- What is in the racecards of some keys.
-- jsonpath's lax mode steps over runners and odds that are missing or of another type.
with cards as (
    select payload
    from raw.racecards
    where race_id = any(%(keys)s)
),

prices as (
    select
        price ->> 'bookmaker' as bookmaker,
        count(*) as prices
    from
        cards,
        jsonb_path_query(cards.payload, '$.runners[*].odds[*] ? (@.type() == "object")') as price
    group by 1
)

select
    (select count(*) from cards) as races,
    (
        select count(distinct horse_id)
        from cards, jsonb_path_query(cards.payload, '$.runners[*].horse_id') as horse_id
    ) as horses,
    (select coalesce(sum(prices), 0)::int from prices) as prices,
    (
        select coalesce(array_agg(bookmaker order by bookmaker), '{{}}')
        from prices
        where bookmaker is not null
    ) as bookmakers
