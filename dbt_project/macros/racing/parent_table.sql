{#- The table of sires, dams or damsires: identity, totals, top three classes and distances, the
    best of each, and how much of all that the data could fill. `kind` is sire, dam or damsire. -#}
{% macro parent_table(kind) -%}
with

entities as (

    select * from {{ ref('int_entities') }}

),

performance as (

    select * from {{ ref('int_' ~ kind ~ '_performance') }}

),

overall as (

    select * from performance
    where breakdown = 'overall'

),

grouped as (

    select
        parent_id,
        breakdown,
        group_name,
        runs,
        wins,
        expected_wins,
        {{ percentage('wins', 'runs') }} as win_percent,
        {{ ae_index('priced_wins', 'expected_wins') }} as ae,
        coalesce(expected_wins >= {{ var('best_min_expected') }}, false) as is_reliable
    from performance
    where breakdown != 'overall'

),

ranked as (

    select
        *,
        row_number() over (
            partition by parent_id, breakdown
            order by wins desc, ae desc nulls last, runs desc, {{ bytewise('group_name') }} asc
        ) as place
    from grouped

),

chosen as (

    select
        *,
        row_number() over (
            partition by parent_id, breakdown
            order by
                is_reliable desc,
                case when is_reliable then ae end desc nulls last,
                place asc
        ) = 1 as is_best
    from ranked

),

groups as (

    select
        parent_id,
        {%- for breakdown in ['class', 'distance'] %}
        {%- for place in [1, 2, 3] %}
        {%- for column, expression in [
            ('name', 'group_name'), ('runners', 'runs'), ('wins', 'wins'), ('win_percent', 'win_percent'), ('ae', 'ae')
        ] %}
        max({{ expression }}) filter (where breakdown = '{{ breakdown }}' and place = {{ place }})
            as {{ breakdown }}_{{ place }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        max(group_name) filter (where breakdown = '{{ breakdown }}' and is_best) as best_{{ breakdown }},
        max(ae) filter (where breakdown = '{{ breakdown }}' and is_best) as best_{{ breakdown }}_ae,
        bool_or(is_reliable) filter (where breakdown = '{{ breakdown }}' and is_best)
            as best_{{ breakdown }}_is_reliable
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from chosen
    group by parent_id

),

joined as (

    select
        entities.entity_id as id,
        entities.name,
        'hrs_' || substring(entities.entity_id from '\d+$') as horse_id,
        entities.first_landed_at as created_at,
        entities.changed_at as updated_at,
        coalesce(overall.runs, 0) as total_runners,
        coalesce(overall.wins, 0) as total_wins,
        coalesce(overall.seconds, 0) as total_places_2nd,
        coalesce(overall.thirds, 0) as total_places_3rd,
        {{ percentage('overall.wins', 'overall.runs') }} as overall_win_percent,
        {{ ae_index('overall.priced_wins', 'overall.expected_wins') }} as overall_ae_index,
        coalesce(overall.changed_at, entities.changed_at) as analysis_last_updated,
        coalesce(overall.progeny, 0) as total_progeny,
        coalesce(overall.progeny_winners, 0) as total_progeny_winners,
        overall.expected_wins,
        {{ ae_index('overall.fair_wins', 'overall.expected_fair') }} as ae_fair,
        {{ archie('overall.priced_wins', 'overall.expected_wins', 'overall.priced_runs') }} as archie,
        overall.profit_loss_1u,
        groups.*
    from entities
    left join overall on entities.entity_id = overall.parent_id
    left join groups on entities.entity_id = groups.parent_id
    where entities.entity_type = '{{ kind }}'

),

-- What cannot be reached does not count against a parent whose runs have no class.
scored as (

    select
        *,
        (
            case when total_runners > 0 then 0.20 else 0 end
            {%- for breakdown in ['class', 'distance'] %}
            {%- for place in [1, 2, 3] %}
            + case when {{ breakdown }}_{{ place }}_name is not null then 0.10 else 0 end
            {%- endfor %}
            + case when best_{{ breakdown }}_ae is not null then 0.05 else 0 end
            {%- endfor %}
            + case when overall_ae_index is not null then 0.10 else 0 end
        )
        / case when class_1_name is null then 0.65 else 1.00 end as data_quality_score
    from joined

),

final as (

    select
        id,
        name,
        horse_id,
        created_at,
        updated_at,
        total_runners::integer as total_runners,
        total_wins::integer as total_wins,
        total_places_2nd::integer as total_places_2nd,
        total_places_3rd::integer as total_places_3rd,
        overall_win_percent::numeric(5, 2) as overall_win_percent,
        overall_ae_index::numeric(8, 3) as overall_ae_index,
        best_class,
        best_class_ae::numeric(8, 3) as best_class_ae,
        best_distance,
        best_distance_ae::numeric(8, 3) as best_distance_ae,
        analysis_last_updated,
        data_quality_score::numeric(3, 2) as data_quality_score,
        {%- for breakdown in ['class', 'distance'] %}
        {%- for place in [1, 2, 3] %}
        {{ breakdown }}_{{ place }}_name,
        {{ breakdown }}_{{ place }}_runners::integer as {{ breakdown }}_{{ place }}_runners,
        {{ breakdown }}_{{ place }}_wins::integer as {{ breakdown }}_{{ place }}_wins,
        {{ breakdown }}_{{ place }}_win_percent::numeric(5, 2) as {{ breakdown }}_{{ place }}_win_percent,
        {{ breakdown }}_{{ place }}_ae::numeric(8, 3) as {{ breakdown }}_{{ place }}_ae,
        {%- endfor %}
        {%- endfor %}
        best_class_is_reliable,
        best_distance_is_reliable,
        total_progeny::integer as total_progeny,
        total_progeny_winners::integer as total_progeny_winners,
        expected_wins::numeric(14, 4) as expected_wins,
        ae_fair::numeric(8, 3) as ae_fair,
        archie::numeric(10, 3) as archie,
        profit_loss_1u::numeric(12, 2) as profit_loss_1u
    from scored

)

select * from final
{%- endmacro %}
