select
    '{kind}' as kind,
    {kind}_id as id,
    count(distinct horse_id) as horses,
    max(race_date) as last_run_on,
    max(race_date) filter (where is_win) as last_win_on,
    count(*) filter (where days_ago between 0 and 13) as runs_14d,
    count(*) filter (where is_win and days_ago between 0 and 13) as wins_14d,
    count(*) filter (where days_ago between 0 and 29) as runs_30d,
    count(*) filter (where is_win and days_ago between 0 and 29) as wins_30d,
    {measures}
from (select *, date '{as_of}' - race_date as days_ago from runs)
where {kind}_id is not null
group by {kind}_id
