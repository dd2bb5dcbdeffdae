-- Horses whose profile has to be asked for: no racecard has described them.
-- Unknown is said in the ways of the feed: missing, "", "-", the en dash, "None".
with seen as (
    select
        runner ->> 'horse_id' as horse_id,
        results.race_date,
        false as has_dob,
        false as has_colour,
        false as has_breeder
    from
        raw.results,
        jsonb_path_query(
            results.payload, '$.runners[*] ? (@.horse_id.type() == "string")'
        ) as runner
    where results.withdrawn_at is null
    union all
    select
        runner ->> 'horse_id' as horse_id,
        racecards.race_date,
        coalesce(runner ->> 'dob', '') <> all(%(unknown)s) as has_dob,
        coalesce(runner ->> 'colour', '') <> all(%(unknown)s) as has_colour,
        coalesce(runner ->> 'breeder', '') <> all(%(unknown)s) as has_breeder
    from
        raw.racecards,
        jsonb_path_query(
            racecards.payload, '$.runners[*] ? (@.horse_id.type() == "string")'
        ) as runner
    where racecards.withdrawn_at is null
)

select horse_id
from seen
where
    horse_id <> ''
    and not exists (
        select from raw.horses
        where horses.horse_id = seen.horse_id
    )
    and not exists (
        select
        from raw.not_found
        where
            not_found.resource = 'horses'
            and not_found.key = seen.horse_id
            and not_found.checked_at > now() - interval '30 days'
    )
group by horse_id
having not (bool_or(has_dob) and bool_or(has_colour) and bool_or(has_breeder))
order by max(race_date) desc, horse_id asc
limit %(most)s
