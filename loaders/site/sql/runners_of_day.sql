-- The runners of a day's races, each with its price, its ratings and form, and what its connections
-- have done: as of the build where it says nothing, else up to the day before the race. A race that
-- was run stands as it finished, one to come by price, then by number.
with quotes as (
    select
        race_id,
        horse_id,
        odds_decimal,
        min(bookmaker_name) as bookmaker
    from racing.ra_odds_live
    where race_date = %(day)s and bookmaker_type = 'fixed_odds'
    group by race_id, horse_id, odds_decimal
)

select
    runners.race_id,
    runners.horse_name,
    runners.number,
    runners.draw,
    runners.age,
    runners.sex_code,
    runners.weight_st_lbs as weight,
    runners.headgear,
    runners.form,
    runners.last_run_days,
    runners.ofr,
    runners.rpr,
    runners.ts,
    runners.performance_rating,
    runners.speed_rating,
    coalesce(runners.is_reserve, false) as is_reserve,
    coalesce(runners.is_non_runner, false) or coalesce(runners.is_scratched, false) as is_out,
    results.position,
    results.position_str,
    results.sp as starting_price,
    results.sp_decimal as starting_price_decimal,
    round(features.closing_price, 2) as price,
    quotes.bookmaker,
    round(features.opening_price, 2) as opening_price,
    features.horse_career_runs as career_runs,
    features.horse_career_wins as career_wins,
    features.horse_course_runs as course_runs,
    features.horse_course_wins as course_wins,
    features.going_group,
    runners.trainer_name,
    round(trainers.ae_index, 2) as trainer_ae,
    trainers.recent_14d_runs as trainer_14d_runs,
    trainers.recent_14d_wins as trainer_14d_wins,
    features.trainer_course_runs,
    features.trainer_course_wins,
    features.trainer_jockey_runs,
    features.trainer_jockey_wins,
    runners.jockey_name,
    runners.jockey_claim_lbs,
    round(jockeys.ae_index, 2) as jockey_ae,
    jockeys.recent_14d_rides as jockey_14d_runs,
    jockeys.recent_14d_wins as jockey_14d_wins,
    runners.owner_name,
    round(owners.ae_index, 2) as owner_ae,
    owners.recent_14d_runs as owner_14d_runs,
    owners.recent_14d_wins as owner_14d_wins,
    sires.name as sire_name,
    round(sires.overall_ae_index, 2) as sire_ae,
    features.sire_going_runs,
    features.sire_going_wins,
    features.sire_distance_runs,
    features.sire_distance_wins,
    damsires.name as damsire_name,
    round(damsires.overall_ae_index, 2) as damsire_ae
from racing.ra_runners as runners
left join racing.ra_features as features on runners.id = features.runner_id
left join racing.ra_race_results as results on runners.id = results.id
left join quotes
    on
        runners.race_id = quotes.race_id
        and runners.horse_id = quotes.horse_id
        and features.closing_price = quotes.odds_decimal
left join racing.ra_mst_trainers as trainers on runners.trainer_id = trainers.id
left join racing.ra_mst_jockeys as jockeys on runners.jockey_id = jockeys.id
left join racing.ra_mst_owners as owners on runners.owner_id = owners.id
left join racing.ra_mst_sires as sires on runners.sire_id = sires.id
left join racing.ra_mst_damsires as damsires on runners.damsire_id = damsires.id
where runners.race_date = %(day)s
order by
    runners.race_id asc,
    results.position asc nulls last,
    price asc nulls last,
    nullif(regexp_replace(runners.number, '\D', '', 'g'), '')::bigint asc nulls last,
    runners.horse_name asc
