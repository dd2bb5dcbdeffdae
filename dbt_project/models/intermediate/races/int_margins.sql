{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {
            'stg_racing_api__result_runners': none,
        },
    },
) }}

with

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('race_id') }}

),

-- Where each horse passed the post: who passed it next before, and whether that is known at all.
passed as (

    select
        runner_id,
        race_id,
        position,
        btn,
        ovr_btn,
        lag(position) over (
            partition by race_id
            order by
                ovr_btn asc nulls last,
                position asc nulls first,
                btn desc nulls last,
                runner_id asc
        ) as position_passed_before,
        bool_or(upper(position_str) = 'DSQ' and ovr_btn is null) over (partition by race_id)
            as lacks_a_disqualified
    from result_runners

),

placed as (

    select
        *,
        count(*) over (partition by race_id, position) > 1 as is_dead_heat,
        dense_rank() over (partition by race_id order by position asc) as finish_rank
    from passed
    where position is not null

),

placings as (

    select
        race_id,
        finish_rank,
        position,
        max(ovr_btn) as ovr_btn
    from placed
    group by race_id, finish_rank, position

),

-- The lengths to the horse placed before. btn is exact but says how far a horse was behind the one
-- that passed the post before it; ovr_btn, behind the first past it, is rounded to quarters. btn
-- counts where these two are the same horse, the difference of ovr_btn where the stewards changed
-- that.
beaten as (

    select
        placed.*,
        case
            when
                placed.ovr_btn is null
                or placings.ovr_btn is null
                or (
                    placed.position_passed_before = placings.position
                    and not coalesce(placed.lacks_a_disqualified, false)
                )
                then coalesce(placed.btn, abs(placed.ovr_btn - placings.ovr_btn))
            else coalesce(nullif(abs(placed.ovr_btn - placings.ovr_btn), 0), placed.btn)
        end as lengths,
        placed.position_passed_before = placings.position as is_exact
    from placed
    left join placings
        on placed.race_id = placings.race_id and placed.finish_rank = placings.finish_rank + 1

),

-- The winner's margin is the next horse's: of two that dead-heat, the one's that is exact.
winning_margins as (

    select
        race_id,
        coalesce(max(lengths) filter (where is_exact), max(lengths)) as lengths
    from beaten
    where finish_rank = 2
    group by race_id

),

final as (

    select
        beaten.runner_id,
        beaten.race_id,
        case
            when beaten.is_dead_heat then 'dht'
            when {{ is_win('beaten.position') }}
                then {{ written_margin('winning_margins.lengths') }}
            else {{ written_margin('beaten.lengths') }}
        end as margin
    from beaten
    left join winning_margins on beaten.race_id = winning_margins.race_id

)

select * from final
