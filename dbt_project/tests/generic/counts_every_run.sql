{#- Every run of a horse whose parent is known counts once in a table of sires, dams or damsires, and
    nothing else counts. `kind` is sire, dam or damsire; one row per total that differs. -#}
{% test counts_every_run(model, kind) %}

with

counted as (

    select
        sum(total_runners) as runs,
        sum(total_wins) as wins,
        sum(total_places_2nd) as seconds,
        sum(total_places_3rd) as thirds,
        sum(total_progeny) as progeny,
        sum(expected_wins) as expected_wins,
        -- each row's figure is rounded to four decimals
        0.00005 * count(expected_wins) as tolerance
    from {{ model }}

),

ran as (

    select
        count(*) as runs,
        count(*) filter (where is_win) as wins,
        count(*) filter (where position = 2) as seconds,
        count(*) filter (where position = 3) as thirds,
        count(distinct horse_id) as progeny,
        sum(expected_wins) as expected_wins
    from {{ ref('int_runs') }}
    where {{ kind }}_id is not null

)

select totals.*
from counted
cross join ran
cross join lateral (
    values
    {%- for figure in ['runs', 'wins', 'seconds', 'thirds', 'progeny', 'expected_wins'] %}
    (
        '{{ figure }}',
        coalesce(counted.{{ figure }}, 0),
        coalesce(ran.{{ figure }}, 0),
        {{ 'coalesce(counted.tolerance, 0)' if figure == 'expected_wins' else '0' }}
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as totals (figure, counted, ran, tolerance)
where abs(totals.counted - totals.ran) > totals.tolerance

{% endtest %}
