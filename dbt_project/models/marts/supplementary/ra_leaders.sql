{{ config(
    materialized='table',
    indexes=[
        {'columns': ['entity_type', 'breakdown', 'leader_rank']},
        {'columns': ['entity_id']},
    ],
) }}

with

performance as (

    select * from {{ ref('int_performance') }}
    where
        (breakdown = 'overall' and entity_type != 'horse')
        or (breakdown in ('class', 'distance') and entity_type = 'sire')
        {% for kind, partner in entity_pairs() if kind != 'horse' %}
            or (breakdown = '{{ partner }}' and entity_type = '{{ kind }}')
        {% endfor %}

),

entities as (

    select * from {{ ref('int_entities') }}

),

records as (

    select
        performance.*,
        scopes.scope,
        {{ from_scaled('performance.expected_wins') }} as sp_expected,
        {{ from_scaled('performance.expected_fair') }} as fair_expected,
        {{ from_scaled('performance.fair_variance') }} as fair_chance
    from performance
    cross join {{ scopes_of('performance') }}
    where
        scopes.scope is not null
        and performance.expected_fair >= {{ to_scaled(var('leader_min_expected')) }}
        and performance.expected_fair > 0

),

compared as (

    select
        *,
        {{ ae_variance('fair_wins', 'fair_expected', 'fair_chance', 'all_of_the_kind') }}
            as variance_of_kind
    from records
    window all_of_the_kind as (partition by entity_type, breakdown, scope)

),

figures as (

    select
        compared.entity_type,
        compared.entity_id,
        entities.name,
        compared.breakdown,
        compared.group_name,
        partners.name as partner_name,
        compared.scope,
        compared.fair_runs::integer as fair_runs,
        compared.fair_wins::integer as fair_wins,
        compared.fair_expected::numeric(14, 4) as fair_expected_wins,
        compared.fair_chance::numeric(14, 4) as fair_variance,
        {{ ae_low('compared.priced_wins', 'compared.sp_expected') }}::numeric(8, 3) as ae_low,
        {{ ae_high('compared.priced_wins', 'compared.sp_expected') }}::numeric(8, 3) as ae_high,
        {{ ae_low('compared.fair_wins', 'compared.fair_expected') }}::numeric(8, 3) as ae_fair_low,
        {{ ae_high('compared.fair_wins', 'compared.fair_expected') }}::numeric(8, 3)
            as ae_fair_high,
        {{ ae_shrunk(
            'compared.fair_wins',
            'compared.fair_expected',
            'compared.fair_chance',
            'compared.variance_of_kind',
        ) }}::numeric(8, 3) as ae_shrunk,
        sqrt(compared.variance_of_kind)::numeric(8, 4) as ae_spread,
        {{ performance_figures('compared') }}
    from compared
    inner join entities
        on compared.entity_id = entities.entity_id and compared.entity_type = entities.entity_type
    left join entities as partners
        on compared.group_name = partners.entity_id and compared.breakdown = partners.entity_type
    {{ computed_once() }}

),

final as (

    select
        {{ row_id([
            ['entity_type', 'entity_type'],
            ['entity', 'entity_id'],
            ['breakdown', 'breakdown'],
            ['group', 'group_name'],
            ['scope', 'scope'],
        ]) }} as id,
        entity_type,
        entity_id,
        name,
        breakdown,
        group_name,
        partner_name,
        {{ query_filters('scope') }} as query_filters,
        rank() over (
            partition by
                entity_type,
                breakdown,
                case when breakdown in ('class', 'distance') then group_name end,
                scope
            order by ae_shrunk desc, ae_fair_low desc, fair_expected_wins desc
        )::integer as leader_rank,
        ae_shrunk,
        ae_spread,
        total_runs,
        wins,
        places_2nd,
        places_3rd,
        win_percent,
        place_percent,
        ae_index,
        ae_low,
        ae_high,
        expected_wins,
        ae_fair,
        ae_fair_low,
        ae_fair_high,
        fair_runs,
        fair_wins,
        fair_expected_wins,
        fair_variance,
        archie,
        profit_loss_1u,
        expected_wins_bsp,
        ae_bsp,
        profit_loss_bsp,
        prb,
        calculated_at,
        created_at
    from figures

)

select * from final
