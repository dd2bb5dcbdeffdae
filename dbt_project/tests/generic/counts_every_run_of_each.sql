{#- In a table of entities by course or distance, or of pairs of entities, every run counts once for
    each kind of entity (or pair) of which it is known, over all runs and within each code, and
    nothing else counts. `known` names the column of int_runs that the table is broken down by, if
    any, and `what` it is. One row per kind, code and total that differs; a line says how many runs
    have no known course or distance. -#}
{% test counts_every_run_of_each(model, known=none, what=none, pairs=false) %}

{%- set figures = ['runs', 'wins', 'seconds', 'thirds', 'expected_wins'] -%}
{%- set types = ['entity1_type', 'entity2_type'] if pairs else ['entity_type'] -%}
{%- set groups = entity_pairs() if pairs else entity_kinds() | batch(1) | list -%}
{%- if known -%}
    {%- do log_runs_without(model, what, known ~ ' is null') -%}
{%- endif %}

with

counted as (

    select
        {{ types | join(' || ') }} as kind,
        query_filters,
        sum(total_runs) as runs,
        sum(wins) as wins,
        sum(places_2nd) as seconds,
        sum(places_3rd) as thirds,
        coalesce(sum(expected_wins), 0) as expected_wins,
        -- each row's figure is rounded to four decimals
        0.00005 * count(expected_wins) as tolerance
    from {{ model }}
    group by {{ types | join(', ') }}, query_filters

),

runs as (

    select * from {{ ref('int_runs') }}
    {%- if known %}
    where {{ known }} is not null
    {%- endif %}

),

ran_by_code as (
    {% for group in groups %}
    select
        '{{ group | join }}' as kind,
        code,
        count(*) as runs,
        count(*) filter (where is_win) as wins,
        count(*) filter (where position = 2) as seconds,
        count(*) filter (where position = 3) as thirds,
        coalesce(sum(expected_wins), 0) as expected_wins
    from runs
    where {{ group | join('_id is not null and ') }}_id is not null
    group by code
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

ran as (

    select
        kind,
        jsonb_build_object('code', code) as query_filters,
        {{ figures | join(', ') }}
    from ran_by_code
    where code is not null

    union all

    select
        kind,
        '{}'::jsonb as query_filters,
        {%- for figure in figures %}
        sum({{ figure }}) as {{ figure }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from ran_by_code
    group by kind

)

select
    kind,
    query_filters,
    compared.*
from counted
full join ran using (kind, query_filters)
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
