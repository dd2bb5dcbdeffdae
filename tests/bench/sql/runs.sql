-- A horse's parents are its profile's, else those of its newest card, else of its newest result.
create table horses as
with sightings as (
    select
        horse_id,
        3 as rank,
        date '0001-01-01' as race_date,
        '' as off_dt,
        '' as race_id,
        known(sire_id) as sire_id,
        known(dam_id) as dam_id,
        known(damsire_id) as damsire_id
    from profiles
    union all by name
    select horse_id, 2 as rank, race_date, off_dt, race_id, sire_id, dam_id, damsire_id
    from card_runners
    union all by name
    select horse_id, 1 as rank, race_date, off_dt, race_id, sire_id, dam_id, damsire_id
    from result_runners
),

ordered as (
    select
        *,
        row(rank, race_date, coalesce(try_cast(off_dt as timestamptz), '-infinity'), race_id)
            as newest
    from sightings
)

select
    horse_id,
    arg_max(sire_id, newest) as sire_id,
    arg_max(dam_id, newest) as dam_id,
    arg_max(damsire_id, newest) as damsire_id
from ordered
group by horse_id;

-- An owner without an id has the one that the horse had under that name, else the only one of it.
create table owner_ids as
with named as (
    select race_date, horse_id, owner_key(owner) as owner, owner_id
    from result_runners
    where owner is not null
    union all
    select race_date, horse_id, owner_key(owner) as owner, owner_id
    from card_runners
    where owner is not null
),

of_horse as (
    select horse_id, owner, first(owner_id order by race_date desc, owner_id) as owner_id
    from named
    where owner_id is not null
    group by horse_id, owner
),

of_name as (
    select owner, min(owner_id) as owner_id
    from named
    where owner_id is not null
    group by owner
    having count(distinct owner_id) = 1
)

select
    runners.race_id,
    runners.horse_id,
    coalesce(of_horse.owner_id, of_name.owner_id) as owner_id
from result_runners as runners
left join of_horse
    on runners.horse_id = of_horse.horse_id and owner_key(runners.owner) = of_horse.owner
left join of_name on owner_key(runners.owner) = of_name.owner
where runners.owner_id is null and runners.owner is not null;

create table races as
with declared as (
    select
        race_id,
        count(*) filter (
            where not is_non_runner and jockey is not null
            and not coalesce(regexp_full_match(number, 'R\d{1,2}'), false)
        ) as declared,
        count(*) filter (where is_non_runner) as non_runners
    from card_runners
    group by race_id
),

ran as (
    select
        race_id,
        count(*) as listed,
        count(*) filter (where is_run) as runs,
        count(*) filter (where is_run and position = 1) as winners,
        count(expected) filter (where is_run) as priced,
        sum(expected) filter (where is_run) as expected
    from result_runners
    group by race_id
),

named as (
    select
        race_id,
        len(list_filter(
            string_split(trim(regexp_replace(
                coalesce(known(non_runners), ''), '\([^()]*\)', '', 'g'
            ), ', '), ','),
            lambda name: name != ''
        )) as named
    from results
)

select
    results.race_id,
    coalesce(known(results.course_id), known(cards.course_id)) as course_id,
    coalesce(known(results.type), known(cards.type)) as race_type,
    case
        when race_type = 'Flat' then 'Flat'
        when race_type in ('Hurdle', 'Chase', 'NH Flat') then 'NH'
    end as code,
    coalesce(
        known(results.class),
        known(cards.race_class),
        case when coalesce(known(results.pattern), known(cards.pattern)) is not null then 'Class 1' end
    ) as class,
    coalesce(
        furlongs(results.dist_f),
        furlongs(cards.distance_f),
        nullif(round(try_cast(known(results.dist_y) as integer) / 110), 0) / 2
    )::decimal(4, 1) as furlongs,
    coalesce(going_names.going, known(results.going), known(cards.going)) as going,
    ran.runs,
    ran.winners,
    ran.expected,
    ran.priced = ran.runs
    and not coalesce(
        2 * ran.listed < declared.declared
        and declared.declared - ran.listed > greatest(named.named - declared.non_runners, 0),
        false
    ) as is_fair
from results
inner join ran on results.race_id = ran.race_id
inner join named on results.race_id = named.race_id
left join cards on results.race_id = cards.race_id
left join declared on results.race_id = declared.race_id
left join going_names
    on lower(coalesce(known(results.going), known(cards.going))) = lower(going_names.spelling);

-- Shares of a win are whole numbers of ten decimals, and so add up exactly.
create table runs as
select
    runners.race_id,
    runners.horse_id,
    races.course_id,
    runners.jockey_id,
    runners.trainer_id,
    coalesce(runners.owner_id, owner_ids.owner_id) as owner_id,
    horses.sire_id,
    horses.dam_id,
    horses.damsire_id,
    races.code,
    races.class,
    races.furlongs,
    races.going,
    runners.position,
    coalesce(runners.position = 1, false) as is_win,
    runners.expected,
    case
        when races.is_fair
            then rounded_quotient(
                runners.expected::hugeint * races.winners * 10000000000, races.expected
            )
    end::bigint as fair,
    case
        when is_win then runners.price * 1000000 // races.winners - 10000000000
        when runners.price is not null then -10000000000
    end as profit,
    case when runners.position is not null then nullif(runners.seconds, 0) end as seconds,
    runners.race_date,
    runners.off_dt,
    runners.first_landed_at,
    runners.changed_at
from result_runners as runners
inner join races on runners.race_id = races.race_id
inner join horses on runners.horse_id = horses.horse_id
left join owner_ids
    on runners.race_id = owner_ids.race_id and runners.horse_id = owner_ids.horse_id
where runners.is_run;
