-- Expected wins in ten-thousandths, A/E in thousandths; of parents' classes and distances it is the
-- A/E of the prices as they are, elsewhere the fair one.
select
    'venues' as subject,
    concat_ws('|', entity_type, entity_id, venue_id, query_filters ->> 'code') as key,
    total_runs as runs,
    wins,
    (expected_wins * 10000)::bigint as expected,
    (ae_fair * 1000)::bigint as ae
from racing.ra_performance_by_venue

union all

select
    'distances' as subject,
    concat_ws('|', entity_type, entity_id, distance_display, query_filters ->> 'code') as key,
    total_runs as runs,
    wins,
    (expected_wins * 10000)::bigint as expected,
    (ae_fair * 1000)::bigint as ae
from racing.ra_performance_by_distance

union all

select
    'goings of distances' as subject,
    concat_ws(
        '|', entity_type, entity_id, distance_display, going.name, query_filters ->> 'code'
    ) as key,
    (going.counted ->> 'runs')::bigint as runs,
    (going.counted ->> 'wins')::bigint as wins,
    null as expected,
    null as ae
from racing.ra_performance_by_distance
cross join jsonb_each(going_breakdown) as going (name, counted)

union all

select
    'pairs' as subject,
    concat_ws(
        '|', entity1_type, entity1_id, entity2_type, entity2_id, query_filters ->> 'code'
    ) as key,
    total_runs as runs,
    wins,
    (expected_wins * 10000)::bigint as expected,
    (ae_fair * 1000)::bigint as ae
from racing.ra_entity_combinations

union all

select
    'people' as subject,
    kind || '|' || id as key,
    runs,
    wins,
    (expected_wins * 10000)::bigint as expected,
    (ae_fair * 1000)::bigint as ae
from (
    select
        'jockey' as kind,
        id,
        total_rides as runs,
        total_wins as wins,
        expected_wins,
        ae_fair
    from racing.ra_mst_jockeys
    union all
    select
        'trainer' as kind,
        id,
        total_runners as runs,
        total_wins as wins,
        expected_wins,
        ae_fair
    from racing.ra_mst_trainers
    union all
    select
        'owner' as kind,
        id,
        total_runners as runs,
        total_wins as wins,
        expected_wins,
        ae_fair
    from racing.ra_mst_owners
) as people
where runs > 0

union all

select
    'parents' as subject,
    concat_ws('|', parents.kind, parents.id, part.breakdown, part.place, part.name) as key,
    part.runs,
    part.wins,
    (part.expected_wins * 10000)::bigint as expected,
    (part.ae * 1000)::bigint as ae
from (
    select 'sire' as kind, * from racing.ra_mst_sires
    union all
    select 'dam' as kind, * from racing.ra_mst_dams
    union all
    select 'damsire' as kind, * from racing.ra_mst_damsires
) as parents
cross join lateral (
    values
    ('overall', 1, null, total_runners, total_wins, expected_wins, ae_fair),
    ('class', 1, class_1_name, class_1_runners, class_1_wins, null, class_1_ae),
    ('class', 2, class_2_name, class_2_runners, class_2_wins, null, class_2_ae),
    ('class', 3, class_3_name, class_3_runners, class_3_wins, null, class_3_ae),
    ('distance', 1, distance_1_name, distance_1_runners, distance_1_wins, null, distance_1_ae),
    ('distance', 2, distance_2_name, distance_2_runners, distance_2_wins, null, distance_2_ae),
    ('distance', 3, distance_3_name, distance_3_runners, distance_3_wins, null, distance_3_ae)
) as part (breakdown, place, name, runs, wins, expected_wins, ae)
where part.runs > 0
