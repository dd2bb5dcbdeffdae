{{ config(
    unique_key=['entity_type', 'entity_id'],
    indexes=[
        {'columns': ['entity_id', 'entity_type'], 'unique': true},
    ],
    meta={
        'unit': ['entity_type', 'entity_id'],
        'changes': {
            'int_entities': none,
            'int_progeny': {
                'as': [["'sire'", 'sire_id'], ["'dam'", 'dam_id'], ["'damsire'", 'damsire_id']],
            },
            'int_performance': {
                'where': "is_all and breakdown in ('overall', 'class', 'distance')",
            },
        },
    },
) }}

with

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type in ('sire', 'dam', 'damsire') and {{ is_taken_up() }}

),

horses as (

    select * from {{ ref('int_progeny') }}

),

performance as (

    select * from {{ ref('int_performance') }}
    where is_all and breakdown in ('overall', 'class', 'distance') and {{ is_taken_up() }}

),

overall as (

    select * from performance
    where breakdown = 'overall'

),

offspring as (
    {% for kind in parent_kinds() %}
        select
            '{{ kind }}' as entity_type,
            {{ kind }}_id as entity_id,
            is_winner
        from horses
        where
            {{ kind }}_id in (
                select entities.entity_id from entities
                where entities.entity_type = '{{ kind }}'
            )
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

progeny as (

    select
        entity_type,
        entity_id,
        count(*) as progeny,
        count(*) filter (where is_winner) as progeny_winners
    from offspring
    group by entity_type, entity_id

),

grouped as (

    select
        entity_type,
        entity_id,
        breakdown,
        group_name,
        runs,
        wins,
        {{ percentage('wins', 'runs') }} as win_percent,
        {{ ae_index('priced_wins', from_scaled('expected_wins')) }} as ae,
        coalesce(
            {{ from_scaled('expected_wins') }} >= {{ var('best_min_expected') }}, false
        ) as is_reliable
    from performance
    where
        breakdown in ('class', 'distance')
        and entity_type in ('sire', 'dam', 'damsire')

),

ranked as (

    select
        *,
        row_number() over (
            partition by entity_id, entity_type, breakdown
            order by wins desc, ae desc nulls last, runs desc, {{ bytewise('group_name') }} asc
        ) as place
    from grouped

),

chosen as (

    select
        *,
        row_number() over (
            partition by entity_id, entity_type, breakdown
            order by
                is_reliable desc,
                case when is_reliable then ae end desc nulls last,
                place asc
        ) = 1 as is_best
    from ranked

),

groups as (

    select
        {% for breakdown in ['class', 'distance'] %}
            {% for place in [1, 2, 3] %}
                {% set chosen_here = "breakdown = '" ~ breakdown ~ "' and place = " ~ place %}
                max(group_name) filter (where {{ chosen_here }})
                    as {{ breakdown }}_{{ place }}_name,
                max(runs) filter (where {{ chosen_here }}) as {{ breakdown }}_{{ place }}_runners,
                max(wins) filter (where {{ chosen_here }}) as {{ breakdown }}_{{ place }}_wins,
                max(win_percent) filter (where {{ chosen_here }})
                    as {{ breakdown }}_{{ place }}_win_percent,
                max(ae) filter (where {{ chosen_here }}) as {{ breakdown }}_{{ place }}_ae,
            {% endfor %}
            max(group_name) filter (where breakdown = '{{ breakdown }}' and is_best)
                as best_{{ breakdown }},
            max(ae) filter (where breakdown = '{{ breakdown }}' and is_best)
                as best_{{ breakdown }}_ae,
            bool_or(is_reliable) filter (where breakdown = '{{ breakdown }}' and is_best)
                as best_{{ breakdown }}_is_reliable,
        {% endfor %}
        entity_type,
        entity_id
    from chosen
    group by entity_type, entity_id

),

joined as (

    select
        entities.entity_type,
        entities.entity_id,
        entities.name,
        'hrs_' || substring(entities.entity_id from '\d+$') as horse_id,
        entities.first_landed_at,
        entities.changed_at,
        coalesce(overall.changed_at, entities.changed_at) as counted_at,
        coalesce(overall.runs, 0)::integer as runs,
        coalesce(overall.wins, 0)::integer as wins,
        coalesce(overall.seconds, 0)::integer as seconds,
        coalesce(overall.thirds, 0)::integer as thirds,
        coalesce(progeny.progeny, 0)::integer as progeny,
        coalesce(progeny.progeny_winners, 0)::integer as progeny_winners,
        {{ percentage('overall.wins', 'overall.runs') }}::numeric(5, 2) as win_percent,
        {% for breakdown in ['class', 'distance'] %}
            {% for group in [breakdown ~ '_1', breakdown ~ '_2', breakdown ~ '_3'] %}
                groups.{{ group }}_name,
                groups.{{ group }}_runners::integer as {{ group }}_runners,
                groups.{{ group }}_wins::integer as {{ group }}_wins,
                groups.{{ group }}_win_percent::numeric(5, 2) as {{ group }}_win_percent,
                groups.{{ group }}_ae::numeric(8, 3) as {{ group }}_ae,
            {% endfor %}
            groups.best_{{ breakdown }},
            groups.best_{{ breakdown }}_ae::numeric(8, 3) as best_{{ breakdown }}_ae,
            groups.best_{{ breakdown }}_is_reliable,
        {% endfor %}
        {{ market_figures('overall') }}
    from entities
    left join overall
        on entities.entity_id = overall.entity_id and entities.entity_type = overall.entity_type
    left join progeny
        on entities.entity_id = progeny.entity_id and entities.entity_type = progeny.entity_type
    left join groups
        on entities.entity_id = groups.entity_id and entities.entity_type = groups.entity_type

),

-- What cannot be reached does not count against a parent whose runs have no class.
final as (

    select
        *,
        ((
            case when runs > 0 then 0.20 else 0 end
            + case when ae_index is not null then 0.10 else 0 end
            + 0.10 * num_nonnulls(class_1_name, class_2_name, class_3_name)
            + 0.10 * num_nonnulls(distance_1_name, distance_2_name, distance_3_name)
            + 0.05 * num_nonnulls(best_class_ae, best_distance_ae)
        ) / case when class_1_name is null then 0.65 else 1.00 end)::numeric(3, 2)
            as data_quality_score
    from joined

)

select * from final
