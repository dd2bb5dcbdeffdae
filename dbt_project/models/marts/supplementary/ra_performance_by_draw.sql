{{ config(
    unique_key='id',
    indexes=[{'columns': ['course_id', 'distance_display']}],
    meta={
        'unit': ['course_id'],
        'changes': {'int_draw_thirds': {'where': 'course_id is not null'}},
    },
) }}

with

thirds as (

    select * from {{ ref('int_draw_thirds') }}
    where course_id is not null and {{ is_taken_up() }}

),

measures as (

    select
        thirds.course_id,
        groups.breakdown,
        groups.distance,
        thirds.draw_third,
        count(*) as races,
        {% for sum in run_measure_sums() %}
            {{ exact_sum('thirds.' ~ sum) }} as {{ sum }},
        {% endfor %}
        min(thirds.first_landed_at) as first_landed_at,
        max(thirds.changed_at) as changed_at
    from thirds
    cross join
        lateral (
            values ('overall', null), ('distance', thirds.distance)
        ) as groups (breakdown, distance)
    where groups.breakdown = 'overall' or groups.distance is not null
    group by thirds.course_id, groups.breakdown, groups.distance, thirds.draw_third

),

final as (

    select
        {{ row_id([
            ['course', 'measures.course_id'],
            ['distance', "coalesce(measures.distance, 'all')"],
            ['third', 'measures.draw_third'],
        ]) }} as id,
        measures.course_id,
        measures.distance as distance_display,
        measures.draw_third,
        measures.races::integer as total_races,
        measures.fair_runs::integer as fair_runs,
        {{ ae_low('measures.fair_wins', from_scaled('measures.expected_fair')) }}::numeric(8, 3)
            as ae_fair_low,
        {{ ae_high('measures.fair_wins', from_scaled('measures.expected_fair')) }}::numeric(8, 3)
            as ae_fair_high,
        {{ performance_figures('measures') }}
    from measures

)

select * from final
