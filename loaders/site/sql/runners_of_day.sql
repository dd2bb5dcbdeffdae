-- The runners of a day's races, each with its price, its ratings and form, and what its connections
-- have done: as of the build where it says nothing, else up to the day before the race. A race that
-- was run stands as it finished, one to come by price, then by number.
with live as (
    select
        race_id,
        horse_id,
        max(odds_decimal) as price,
        (
            array_agg(odds_fractional order by odds_decimal desc, bookmaker_name asc)
        )[1] as price_fractional,
        (array_agg(bookmaker_name order by odds_decimal desc, bookmaker_name asc))[1] as bookmaker,
        count(*) as bookmakers
    from racing.ra_odds_live
    where race_date = %(day)s and bookmaker_type = 'fixed_odds'
    group by race_id, horse_id
)

select
    runners.race_id,
    runners.id as runner_id,
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
    coalesce(live.price, features.closing_price) as price,
    live.price_fractional,
    live.bookmaker,
    live.bookmakers,
    features.opening_price,
    features.horse_career_runs as career_runs,
    features.horse_career_wins as career_wins,
    features.horse_course_runs as course_runs,
    features.horse_course_wins as course_wins,
    features.horse_distance_runs as distance_runs,
    features.horse_distance_wins as distance_wins,
    features.going_group,
    features.distance_band,
    runners.trainer_name,
    trainers.total_runners as trainer_runs,
    trainers.total_wins as trainer_wins,
    trainers.ae_index as trainer_ae,
    trainers.recent_14d_runs as trainer_14d_runs,
    trainers.recent_14d_wins as trainer_14d_wins,
    features.trainer_course_runs,
    features.trainer_course_wins,
    features.trainer_jockey_runs,
    features.trainer_jockey_wins,
    runners.jockey_name,
    runners.jockey_claim_lbs,
    jockeys.total_rides as jockey_runs,
    jockeys.total_wins as jockey_wins,
    jockeys.ae_index as jockey_ae,
    jockeys.recent_14d_rides as jockey_14d_runs,
    jockeys.recent_14d_wins as jockey_14d_wins,
    features.jockey_course_runs,
    features.jockey_course_wins,
    sires.name as sire_name,
    sires.total_runners as sire_runs,
    sires.total_wins as sire_wins,
    sires.overall_ae_index as sire_ae,
    features.sire_going_runs,
    features.sire_going_wins,
    features.sire_distance_runs,
    features.sire_distance_wins,
    damsires.name as damsire_name,
    damsires.overall_ae_index as damsire_ae
from racing.ra_runners as runners
left join racing.ra_features as features on runners.id = features.runner_id
left join racing.ra_race_results as results on runners.id = results.id
left join live on runners.race_id = live.race_id and runners.horse_id = live.horse_id
left join racing.ra_mst_trainers as trainers on runners.trainer_id = trainers.id
left join racing.ra_mst_jockeys as jockeys on runners.jockey_id = jockeys.id
left join racing.ra_mst_sires as sires on runners.sire_id = sires.id
left join racing.ra_mst_damsires as damsires on runners.damsire_id = damsires.id
where runners.race_date = %(day)s
order by
    runners.race_id asc,
    results.position asc nulls last,
    price asc nulls last,
    nullif(regexp_replace(runners.number, '\D', '', 'g'), '')::bigint asc nulls last,
    runners.horse_name asc
