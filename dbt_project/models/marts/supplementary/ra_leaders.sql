{{ config(
    indexes=[
        {'columns': ['entity_type', 'breakdown', 'leader_rank']},
        {'columns': ['entity_id']},
    ],
    meta={
        'is_made_whole': true,
        'changes': {
            'int_performance': none,
            'int_entities': none,
        },
    },
) }}

{% set sp_expected = from_scaled('performance.expected_wins') %}
{% set fair_expected = from_scaled('performance.expected_fair') %}

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
        performance.entity_type,
        performance.entity_id,
        performance.breakdown,
        performance.group_name,
        performance.code,
        performance.is_all,
        performance.fair_runs::integer as fair_runs,
        performance.fair_wins::integer as fair_wins,
        {{ fair_expected }} as fair_expected_wins,
        {{ from_scaled('performance.fair_variance') }} as fair_variance,
        {{ ae_low('performance.priced_wins', sp_expected) }}::numeric(8, 3) as ae_low,
        {{ ae_high('performance.priced_wins', sp_expected) }}::numeric(8, 3) as ae_high,
        {{ ae_low('performance.fair_wins', fair_expected) }}::numeric(8, 3) as ae_fair_low,
        {{ ae_high('performance.fair_wins', fair_expected) }}::numeric(8, 3) as ae_fair_high,
        {{ performance_figures('performance') }}
    from performance
    where
        performance.expected_fair >= {{ to_scaled(var('leader_min_expected')) }}
        and performance.expected_fair > 0
    {{ computed_once() }}

),

compared as (

    select
        records.*,
        scopes.scope,
        {{ ae_variance(
            'records.fair_wins',
            'records.fair_expected_wins',
            'records.fair_variance',
            'all_of_the_kind',
        ) }} as variance_of_kind
    from records
    cross join {{ scopes_of('records') }}
    where scopes.scope is not null
    window all_of_the_kind as (
        partition by records.entity_type, records.breakdown, scopes.scope
    )

),

named as (

    select
        compared.*,
        entities.name,
        partners.name as partner_name,
        {{ ae_shrunk(
            'compared.fair_wins',
            'compared.fair_expected_wins',
            'compared.fair_variance',
            'compared.variance_of_kind',
        ) }}::numeric(8, 3) as ae_shrunk
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
        sqrt(variance_of_kind)::numeric(8, 4) as ae_spread,
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
        fair_expected_wins::numeric(14, 4) as fair_expected_wins,
        fair_variance::numeric(14, 4) as fair_variance,
        archie,
        profit_loss_1u,
        expected_wins_bsp,
        ae_bsp,
        profit_loss_bsp,
        prb,
        calculated_at,
        created_at
    from named

)

select * from final
