create table results as
select
    race_id,
    race_date,
    first_landed_at,
    changed_at,
    unnest(from_json(payload, '{
        "course_id": "VARCHAR",
        "type": "VARCHAR",
        "class": "VARCHAR",
        "pattern": "VARCHAR",
        "dist_f": "VARCHAR",
        "dist_y": "VARCHAR",
        "going": "VARCHAR",
        "off_dt": "VARCHAR",
        "non_runners": "VARCHAR",
        "runners": [{
            "horse_id": "VARCHAR",
            "jockey_id": "VARCHAR",
            "trainer_id": "VARCHAR",
            "owner_id": "VARCHAR",
            "owner": "VARCHAR",
            "sire_id": "VARCHAR",
            "dam_id": "VARCHAR",
            "damsire_id": "VARCHAR",
            "position": "VARCHAR",
            "sp_dec": "VARCHAR",
            "time": "VARCHAR"
        }]
    }'))
from raw_results;

create table cards as
select
    race_id,
    race_date,
    unnest(from_json(payload, '{
        "course_id": "VARCHAR",
        "type": "VARCHAR",
        "race_class": "VARCHAR",
        "pattern": "VARCHAR",
        "distance_f": "VARCHAR",
        "going": "VARCHAR",
        "off_dt": "VARCHAR",
        "runners": [{
            "horse_id": "VARCHAR",
            "number": "VARCHAR",
            "jockey": "VARCHAR",
            "owner_id": "VARCHAR",
            "owner": "VARCHAR",
            "sire_id": "VARCHAR",
            "dam_id": "VARCHAR",
            "damsire_id": "VARCHAR"
        }]
    }'))
from raw_racecards;

create table profiles as
select
    horse_id,
    unnest(from_json(payload, '{
        "sire_id": "VARCHAR",
        "dam_id": "VARCHAR",
        "damsire_id": "VARCHAR"
    }'))
from raw_horses;

-- A corrected race may repeat a runner, and its last entry stands.
create table result_runners as
select
    race_id,
    race_date,
    off_dt,
    first_landed_at,
    changed_at,
    known(runner.horse_id) as horse_id,
    known(runner.jockey_id) as jockey_id,
    known(runner.trainer_id) as trainer_id,
    known(runner.owner_id) as owner_id,
    known(runner.owner) as owner,
    known(runner.sire_id) as sire_id,
    known(runner.dam_id) as dam_id,
    known(runner.damsire_id) as damsire_id,
    try_cast(regexp_extract(runner.position, '^\s*(\d{1,3})(?:\D|$)', 1) as integer) as position,
    coalesce(upper(known(runner.position)) not in ('VOI', 'VOID'), false) as is_run,
    (10000 * try_cast(known(runner.sp_dec) as decimal(12, 4)))::bigint as price_read,
    case when price_read > 10000 then price_read end as price,
    rounded_quotient(100000000000000, price) as expected,
    60 * try_cast(split_part(runner.time, ':', 1) as integer)
    + try_cast(split_part(runner.time, ':', 2) as decimal(8, 2)) as seconds
from (
    select
        * exclude (runners),
        unnest(runners) as runner,
        generate_subscripts(runners, 1) as place
    from results
)
where known(runner.horse_id) is not null
qualify row_number() over (partition by race_id, horse_id order by place desc) = 1;

create table card_runners as
select
    race_id,
    race_date,
    off_dt,
    known(runner.horse_id) as horse_id,
    known(runner.owner_id) as owner_id,
    known(runner.owner) as owner,
    known(runner.sire_id) as sire_id,
    known(runner.dam_id) as dam_id,
    known(runner.damsire_id) as damsire_id,
    upper(trim(runner.number)) as number,
    known(runner.jockey) as jockey,
    coalesce(number = 'NR', false) or coalesce(upper(jockey) like 'NON-RUNNER%', false)
        as is_non_runner
from (
    select
        * exclude (runners),
        unnest(runners) as runner,
        generate_subscripts(runners, 1) as place
    from cards
)
where known(runner.horse_id) is not null
qualify row_number() over (partition by race_id, horse_id order by place desc) = 1;
