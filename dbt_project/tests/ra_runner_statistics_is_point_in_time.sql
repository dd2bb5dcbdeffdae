{#- Which of a horse's earlier runs each group counts; `past` is such a run, `now` the runner. -#}
{%- set groups = {
    'course': 'past.course_id = now.course_id',
    'distance': 'past.code = now.code and past.furlongs = now.furlongs',
    'course_distance':
        'past.course_id = now.course_id and past.code = now.code and past.furlongs = now.furlongs',
    'firm': "past.code = now.code and past.going_group = 'firm'",
    'good': "past.code = now.code and past.going_group = 'good'",
    'soft': "past.code = now.code and past.going_group = 'soft'",
    'heavy': "past.code = now.code and past.going_group = 'heavy'",
    'aw': 'past.code = now.code and past.is_all_weather',
    'jumps': "past.type in ('Hurdle', 'Chase')",
    'last_10': 'past.runner_id = any(last_ten.runner_ids)',
    'last_12m': "past.race_date >= now.race_date - interval '12 months'",
} -%}
{%- set figures = {
    'runs': 'past.runner_id is not null',
    'wins': 'past.position = 1',
    '2nds': 'past.position = 2',
    '3rds': 'past.position = 3',
} -%}
{%- set compared = [
    'runner_id', 'career_runs', 'career_wins', 'career_prize', 'career_win_percent',
    'career_place_percent', 'last_raced', 'last_won', 'min_winning_distance_yards',
    'max_winning_distance_yards',
] -%}
{%- set counts = [] -%}
{%- for figure, test in figures.items() -%}
    {%- do compared.append('jockey_' ~ figure) -%}
    {%- do counts.append(
        'case when now.jockey_id is not null'
        ~ ' then count(*) filter (where past.jockey_id = now.jockey_id and ' ~ test ~ ')'
        ~ ' end as jockey_' ~ figure
    ) -%}
    {%- for group, condition in groups.items() -%}
        {%- do compared.append(group ~ '_' ~ figure) -%}
        {%- do counts.append(
            'count(*) filter (where ' ~ condition ~ ' and ' ~ test ~ ') as ' ~ group ~ '_' ~ figure
        ) -%}
    {%- endfor -%}
{%- endfor -%}

-- Recomputes a sample of runners, and every one whose horse had a second runner on the day, by
-- looking at each earlier run of the horse; one row per runner that comes out otherwise.
with

runs as (

    select * from {{ ref('int_runs') }}

),

runners as not materialized (

    select * from {{ ref('int_runners') }}

),

races as not materialized (

    select * from {{ ref('int_races') }}

),

statistics as (

    select * from {{ ref('ra_runner_statistics') }}

),

-- In a build those of horses of which something has changed.
looked_at as (
    {% if by_changes() %}
        select horse_id from {{ changes_of('int_runs') }} as changed
        union
        select horse_id from {{ changes_of('int_runners') }} as changed
        union
        select horse_id from {{ changes_of('ra_runner_statistics') }} as changed
        union
        select runners.horse_id
        from runners
        inner join {{ changes_of('int_races') }} as changed on runners.race_id = changed.race_id
    {% else %}
        select horse_id from runners
    {% endif %}
),

days_with_two as (

    select
        horse_id,
        race_date
    from runners
    where horse_id in (select looked_at.horse_id from looked_at)
    group by horse_id, race_date
    having count(*) > 1

),

sampled as (

    select
        runners.runner_id,
        runners.horse_id,
        runners.jockey_id,
        runners.race_date,
        races.course_id,
        races.code,
        races.furlongs
    from runners
    inner join races on runners.race_id = races.race_id
    left join days_with_two
        on
            runners.horse_id = days_with_two.horse_id
            and runners.race_date = days_with_two.race_date
    where
        (runners.runner_id % 40 = 0 or days_with_two.horse_id is not null)
        and runners.horse_id in (select looked_at.horse_id from looked_at)

),

earlier as (

    select
        sampled.runner_id as now_id,
        runs.*,
        races.type,
        races.furlongs,
        races.distance_yards,
        races.going_group,
        races.is_all_weather
    from sampled
    inner join runs
        on sampled.horse_id = runs.horse_id and sampled.race_date > runs.race_date
    inner join races on runs.race_id = races.race_id

),

last_ten as (

    select
        now_id,
        (
            array_agg(
                runner_id
                order by race_date desc, off_dt desc nulls last, {{ bytewise('race_id') }} desc
            )
        )[1:10] as runner_ids
    from earlier
    group by now_id

),

recomputed as (

    select
        now.runner_id,
        count(past.runner_id) as career_runs,
        count(*) filter (where past.position = 1) as career_wins,
        case
            when count(*) filter (where not past.tells_prize) = 0
                then coalesce({{ from_scaled('sum(past.prize_gbp)') }}, 0)::numeric(12, 2)
        end as career_prize,
        round(
            100.0 * count(*) filter (where past.position = 1) / nullif(count(past.runner_id), 0), 2
        ) as career_win_percent,
        round(
            100.0 * count(*) filter (where past.position <= 3) / nullif(count(past.runner_id), 0), 2
        ) as career_place_percent,
        max(past.race_date) as last_raced,
        max(past.race_date) filter (where past.position = 1) as last_won,
        min(past.distance_yards) filter (where past.position = 1) as min_winning_distance_yards,
        max(past.distance_yards) filter (where past.position = 1) as max_winning_distance_yards,
        {{ counts | join(',\n        ') }}
    from sampled as now
    left join earlier as past on now.runner_id = past.now_id
    left join last_ten on now.runner_id = last_ten.now_id
    group by now.runner_id, now.jockey_id

)

select
    {{ compared | join(',\n    ') }}
from recomputed
except
select
    {{ compared | join(',\n    ') }}
from statistics
where runner_id in (select sampled.runner_id from sampled)
