{{ config(
    indexes=[
        {'columns': ['entity_id', 'breakdown', 'group_name']},
        {'columns': ['breakdown', 'entity_type']},
    ],
    meta={
        'unit': ['entity_type', 'entity_id', 'breakdown', 'group_name'],
        'changes': {'int_runs': {'each': groups_of_runs('changed')}},
    },
) }}

{% set group = ['entity_type', 'entity_id', 'breakdown', 'group_name'] %}
{% set sums = dict(run_measure_sums(), timed_runs=none, finish_seconds='timed_runs') %}
{% set extremes = {
    'last_run_on': 'max',
    'last_win_on': 'max',
    'best_finish_seconds': 'min',
    'last_finish_key': 'max',
    'first_landed_at': 'min',
    'changed_at': 'max',
} %}
{% set columns = group + ['code'] + sums.keys() | list + extremes.keys() | list %}

with

runs as not materialized (

    select * from {{ ref('int_runs') }}

),

{% if not by_changes() %}

    -- Most groups have runs of one code only: their row is that of all their runs, too.
    by_code as (
        {% for kind, breakdown, column in breakdowns() %}
            select
                '{{ kind }}' as entity_type,
                {{ kind }}_id as entity_id,
                '{{ breakdown }}' as breakdown,
                {{ column }} as group_name,
                code,
                {{ run_measures() }},
                {% if breakdown == 'distance' %}
                    {{ finish_times() }},
                {% else %}
                    0::bigint as timed_runs,
                    null::bigint as finish_seconds,
                    null::bigint as best_finish_seconds,
                    null::text as last_finish_key,
                {% endif %}
                {% if breakdown == 'overall' %}
                    {{ newest_days() }},
                {% else %}
                    null::date as last_run_on,
                    null::date as last_win_on,
                {% endif %}
                min(first_landed_at) as first_landed_at,
                max(changed_at) as changed_at,
                count(*) over (partition by {{ kind }}_id, {{ column }}) = 1 as is_all
            from runs
            where {{ kind }}_id is not null and {{ column }} is not null
            group by {{ kind }}_id, {{ column }}, code
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

{% else %}

    changes as (

        select * from {{ net_changes_of('int_runs') }} as changed

    ),

    {% for counted, counted_runs in [('counted', 'changes'), ('recounted', 'runs_in_doubt')] %}

        {% if counted == 'recounted' %}

            -- The last or the best run of a group may be one that went.
            in_doubt as (

                select * from added_up
                where is_in_doubt

            ),

            runs_in_doubt as (

                select
                    *,
                    1 as change
                from runs
                where
                    exists (select from in_doubt)
                    and (
                        {% for kind in entity_kinds() %}
                            {{ "or " if not loop.first }}{{ kind }}_id in (
                                select entity_id from in_doubt
                                where entity_type = '{{ kind }}'
                            )
                        {% endfor %}
                    )

            ),

        {% endif %}

        {{ counted }}_runs as (

            select
                groups.*,
                {{ counted_runs }}.code,
                {{ counted_runs }}.change,
                {{ counted_runs }}.is_win,
                {{ counted_runs }}.is_place,
                {{ counted_runs }}.position,
                {{ counted_runs }}.expected_wins,
                {{ counted_runs }}.expected_fair,
                {{ counted_runs }}.profit_loss_1u,
                {{ counted_runs }}.expected_bsp,
                {{ counted_runs }}.profit_loss_bsp,
                {{ counted_runs }}.prb,
                case when groups.breakdown = 'distance' then {{ counted_runs }}.finish_seconds end
                    as finish_seconds,
                case when groups.breakdown = 'distance' then {{ counted_runs }}.finish_key end
                    as finish_key,
                case when groups.breakdown = 'overall' then {{ counted_runs }}.race_date end
                    as race_date,
                {{ counted_runs }}.first_landed_at,
                {{ counted_runs }}.changed_at
            from {{ counted_runs }}
            cross join {{ groups_of_runs(counted_runs) }}
            where
                groups.entity_id is not null and groups.group_name is not null
                {% if counted == 'recounted' %}
                    and (groups.{{ group | join(', groups.') }}) in (
                        select {{ group | join(', ') }} from in_doubt
                    )
                {% endif %}

        ),

        {{ counted }} as (

            select
                {{ group | join(', ') }},
                code,
                change,
                {{ run_measures() }},
                {{ finish_times() }},
                {{ newest_days() }},
                min(first_landed_at) as first_landed_at,
                max(changed_at) as changed_at
            from {{ counted }}_runs
            group by {{ group | join(', ') }}, code, change

        ),

        {% if counted == 'counted' %}

            added as (

                select change, {{ columns | join(', ') }} from counted
                union all
                select 0 as change, {{ columns | join(', ') }} from {{ this }}
                where not is_sum and {{ is_taken_up() }}

            ),

            added_up as (

                {{ added_up('added', group + ['code'], 'runs', sums, extremes) }}

            ),

        {% endif %}

    {% endfor %}

    sure as (

        select {{ columns | join(', ') }} from added_up
        where not is_in_doubt
        union all
        select recounted.{{ columns | join(', recounted.') }}
        from recounted
        inner join in_doubt
            on
                {% for column in group %}
                    recounted.{{ column }} = in_doubt.{{ column }} and
                {% endfor %}
                recounted.code is not distinct from in_doubt.code

    ),

    by_code as (

        select
            {{ columns | join(', ') }},
            count(*) over (partition by {{ group | join(', ') }}) = 1 as is_all
        from sure

    ),

{% endif %}

-- Flat and hurdle times do not mix, so all runs together have none.
together as (

    select
        {{ group | join(', ') }},
        null as code,
        {% for sum in run_measure_sums() %}
            {{ exact_sum(sum) }} as {{ sum }},
        {% endfor %}
        0::bigint as timed_runs,
        null::bigint as finish_seconds,
        null::bigint as best_finish_seconds,
        null as last_finish_key,
        max(last_run_on) as last_run_on,
        max(last_win_on) as last_win_on,
        min(first_landed_at) as first_landed_at,
        max(changed_at) as changed_at,
        true as is_all
    from by_code
    where not is_all
    group by {{ group | join(', ') }}

),

final as (

    select
        {{ columns | join(', ') }},
        is_all,
        false as is_sum
    from by_code
    union all
    select
        {{ columns | join(', ') }},
        is_all,
        true as is_sum
    from together

)

select * from final
