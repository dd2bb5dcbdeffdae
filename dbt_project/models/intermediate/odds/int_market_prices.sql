{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['race_id'],
        'changes': {'ra_odds_movements': none},
    },
) }}

with

movements as (

    select * from {{ ref('ra_odds_movements') }}
    where {{ is_taken_up('race_id') }}

),

of_bookmakers as (

    select
        movements.race_id,
        movements.horse_id,
        (array_agg(movements.decimal_odds order by movements.changed_at asc))[1] as opening,
        max(movements.decimal_odds) as best,
        (array_agg(movements.decimal_odds order by movements.changed_at desc))[1] as closing
    from movements
    where
        movements.is_before_off
        and movements.bookmaker_id not in (
            {% for code in exchanges() + pools() %}
                {{ row_id([['bookmaker', "'" ~ code ~ "'"]]) }}{{ "," if not loop.last }}
            {% endfor %}
        )
    group by movements.race_id, movements.horse_id, movements.bookmaker_id

),

final as (

    select
        {{ runner_id('race_id', 'horse_id') }} as runner_id,
        race_id,
        max(opening) as opening,
        max(best) as best,
        max(closing) as closing
    from of_bookmakers
    group by race_id, horse_id

)

select * from final
