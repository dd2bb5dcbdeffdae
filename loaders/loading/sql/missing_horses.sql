-- Horses whose profile has to be asked for: it has not been landed and no racecard has told of the
-- horse; a smaller plan landed it; a year has passed since, and it has run again; or a race that is
-- newer than the profile names other parents.
-- Unknown is said in the feed's ways: missing, "", "-", the en dash, "None".
with seen as (
    select
        runner ->> 'horse_id' as horse_id,
        results.race_date,
        results.changed_at,
        runner ->> 'sire_id' as sire_id,
        runner ->> 'dam_id' as dam_id,
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
        racecards.changed_at,
        runner ->> 'sire_id' as sire_id,
        runner ->> 'dam_id' as dam_id,
        coalesce(runner ->> 'dob', '') <> all(%(unknown)s) as has_dob,
        coalesce(runner ->> 'colour', '') <> all(%(unknown)s) as has_colour,
        coalesce(runner ->> 'breeder', '') <> all(%(unknown)s) as has_breeder
    from
        raw.racecards,
        jsonb_path_query(
            racecards.payload, '$.runners[*] ? (@.horse_id.type() == "string")'
        ) as runner
    where racecards.withdrawn_at is null
),

profiles as (
    select
        horses.horse_id,
        horses.checked_at,
        horses.payload ->> 'sire_id' as sire_id,
        horses.payload ->> 'dam_id' as dam_id,
        loads.plan = any(%(smaller)s) as has_less
    from raw.horses
    left join raw.loads on horses.load_id = loads.load_id
    where horses.withdrawn_at is null
)

select seen.horse_id
from seen
left join profiles on seen.horse_id = profiles.horse_id
where
    seen.horse_id <> ''
    and not exists (
        select
        from raw.not_found
        where
            not_found.resource = 'horses'
            and not_found.key = seen.horse_id
            and not_found.checked_at > now() - interval '30 days'
    )
group by seen.horse_id
having
    (
        max(profiles.horse_id) is null
        and not (
            bool_or(seen.has_dob) and bool_or(seen.has_colour) and bool_or(seen.has_breeder)
        )
    )
    or bool_or(profiles.has_less)
    or (
        max(profiles.checked_at) < now() - interval '1 year'
        and max(seen.race_date) > max(profiles.checked_at)::date
    )
    or bool_or(
        seen.changed_at > profiles.checked_at
        and (
            nullif(seen.sire_id, '') <> profiles.sire_id
            or nullif(seen.dam_id, '') <> profiles.dam_id
        )
    )
order by max(seen.race_date) desc, seen.horse_id asc
limit %(most)s
