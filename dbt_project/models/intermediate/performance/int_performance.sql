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

    {% for counted, runs_in_groups in [('counted', 'changes_in_groups'), ('recounted', 'runs_in_doubt')] %}

        {% if counted == 'counted' %}

            changes_in_groups as (

                select
                    changes.*,
                    groups.*
                from changes
                cross join {{ groups_of_runs('changes') }}
                where groups.entity_id is not null and groups.group_name is not null

            ),

        {% else %}

            -- The last or the best run of a group may be one that went.
            in_doubt as (

                select * from added_up
                where is_in_doubt

            ),

            runs_in_doubt as (
                {% for kind, breakdown, column in breakdowns() %}
                    select
                        runs.*,
                        1 as change,
                        in_doubt.{{ group | join(', in_doubt.') }}
                    from in_doubt
                    inner join runs
                        on
                            in_doubt.entity_id = runs.{{ kind }}_id
                            and in_doubt.group_name = {{ group_of_run('runs', column) }}
                            and in_doubt.code is not distinct from runs.code
                    where in_doubt.entity_type = '{{ kind }}' and in_doubt.breakdown = '{{ breakdown }}'
                    {% if not loop.last %}
                        union all
                    {% endif %}
                {% endfor %}
            ),

        {% endif %}

        {{ counted }}_runs as (

            select
                {{ group | join(', ') }},
                code,
                change,
                is_win,
                is_place,
                position,
                expected_wins,
                expected_fair,
                profit_loss_1u,
                expected_bsp,
                profit_loss_bsp,
                prb,
                case when breakdown = 'distance' then finish_seconds end as finish_seconds,
                case when breakdown = 'distance' then finish_key end as finish_key,
                case when breakdown = 'overall' then race_date end as race_date,
                first_landed_at,
                changed_at
            from {{ runs_in_groups }}

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
        select {{ columns | join(', ') }} from recounted

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
