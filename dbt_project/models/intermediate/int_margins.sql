with

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

placed as (

    select
        runner_id,
        race_id,
        position,
        btn,
        count(*) over (partition by race_id, position) > 1 as is_dead_heat,
        dense_rank() over (partition by race_id order by position asc) as finish_rank
    from result_runners
    where position is not null

),

-- The winner's margin is the next horse's: its lengths behind, the greater of two that dead-heat.
winning_margins as (

    select
        race_id,
        max(btn) as btn
    from placed
    where finish_rank = 2
    group by race_id

),

final as (

    select
        placed.runner_id,
        case
            when placed.is_dead_heat then 'dht'
            when {{ is_win('placed.position') }} then {{ written_margin('winning_margins.btn') }}
            else {{ written_margin('placed.btn') }}
        end as margin
    from placed
    left join winning_margins on placed.race_id = winning_margins.race_id

)

select * from final
