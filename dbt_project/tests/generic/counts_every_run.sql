{#- Every run whose entity is known counts once in a table of jockeys, trainers, owners, sires, dams
    or damsires, and nothing else counts. `kind` is one of these; `totals` are the table's names for
    runs, wins, seconds, thirds and, where a horse has but one such entity, horses. One row per
    total that differs; a line says how many runs have no known entity. -#}
{% test counts_every_run(model, kind, totals) %}

{%- set figures = totals.keys() | list + ['expected_wins'] -%}
{%- do log_runs_without(model, kind, kind ~ '_id is null') %}

with

counted as (

    select
        {%- for figure, column in totals.items() %}
        sum({{ column }}) as {{ figure }},
        {%- endfor %}
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
        count(distinct horse_id) as horses,
        sum(expected_wins) as expected_wins
    from {{ ref('int_runs') }}
    where {{ kind }}_id is not null

)

select compared.*
from counted
cross join ran
cross join lateral (
    values
    {%- for figure in figures %}
    (
        '{{ figure }}',
        coalesce(counted.{{ figure }}, 0),
        coalesce(ran.{{ figure }}, 0),
        {{ 'coalesce(counted.tolerance, 0)' if figure == 'expected_wins' else '0' }}
    )
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as compared (figure, counted, ran, tolerance)
where abs(compared.counted - compared.ran) > compared.tolerance

{% endtest %}
