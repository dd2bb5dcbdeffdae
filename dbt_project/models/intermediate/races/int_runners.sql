{{ config(
    unique_key='runner_id',
    indexes=[
        {'columns': ['runner_id'], 'unique': true},
        {'columns': ['horse_id']},
        {'columns': ['race_id']},
    ],
    meta={
        'unit': ['horse_id'],
        'changes': {
            'stg_racing_api__racecard_runners': none,
            'stg_racing_api__result_runners': none,
            'int_owner_ids': none,
            'int_races': [
                {
                    'columns': ['race_date', 'has_result', 'is_incomplete'],
                    'through': 'stg_racing_api__racecard_runners',
                    'on': ['race_id'],
                },
                {
                    'columns': ['race_date', 'has_result', 'is_incomplete'],
                    'through': 'stg_racing_api__result_runners',
                    'on': ['race_id'],
                },
            ],
        },
    },
) }}

with

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}
    where {{ is_taken_up('horse_id') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}
    where {{ is_taken_up('horse_id') }}

),

owner_ids as (

    select * from {{ ref('int_owner_ids') }}
    where {{ is_taken_up('horse_id') }}

),

races as (

    select * from {{ ref('int_races') }}

),

cards as (

    select
        racecard_runners.*,
        coalesce(racecard_runners.owner_id, owner_ids.owner_id) as known_owner_id,
        owner_ids.owner_id is not null as owner_id_is_inferred
    from racecard_runners
    left join owner_ids
        on racecard_runners.runner_id = owner_ids.runner_id and owner_ids.source = 'card'

),

results as (

    select
        result_runners.*,
        coalesce(result_runners.owner_id, owner_ids.owner_id) as known_owner_id,
        owner_ids.owner_id is not null as owner_id_is_inferred
    from result_runners
    left join owner_ids
        on result_runners.runner_id = owner_ids.runner_id and owner_ids.source = 'result'

),

-- What both tell of (jockey, draw, number, headgear, owner, trainer, weight) is the result's;
-- everything else is what the card knew before the race. Of an owner both name, the card's
-- spelling goes first, since results drop "&" and commas.
merged as (

    select
        coalesce(cards.runner_id, results.runner_id) as runner_id,
        coalesce(cards.race_id, results.race_id) as race_id,
        coalesce(cards.horse_id, results.horse_id) as horse_id,
        races.race_date,
        cards.runner_id is not null as has_card,
        coalesce(results.is_run, false) as has_result,
        coalesce(cards.is_non_runner, false) as is_non_runner,
        coalesce(cards.is_reserve, false) and results.runner_id is null as is_reserve,
        case
            when results.runner_id is not null then false
            when cards.is_non_runner then true
            when cards.is_reserve or not races.has_result or races.is_incomplete then null
            when cards.jockey is not null then true
        end as is_scratched,

        {{ runner_person('jockey') }},
        {{ runner_person_figure('jockey', 'jockey_claim_lbs') }} as jockey_claim_lbs,
        {{ runner_person('trainer') }},
        cards.trainer_location,
        case
            when coalesce(results.owner, results.owner_id) is null then cards.known_owner_id
            else results.known_owner_id
        end as owner_id,
        case
            when results.owner is null or results.known_owner_id = cards.known_owner_id
                then coalesce(cards.owner, results.owner)
            else results.owner
        end as owner,
        case
            when coalesce(results.owner, results.owner_id) is null
                then coalesce(cards.owner_id_is_inferred, false)
            else results.owner_id_is_inferred
        end as owner_id_is_inferred,
        coalesce(results.number, cards.number) as number,
        coalesce(results.draw, cards.draw) as draw,
        coalesce(results.headgear, cards.headgear) as headgear,
        coalesce(results.weight_lbs, {{ weight_to_carry('cards') }}) as weight_lbs,
        coalesce(
            cards.weight_allotted_lbs,
            results.weight_lbs + coalesce(results.jockey_claim_lbs, 0)
        ) as weight_allotted_lbs,

        coalesce(cards.age, results.age) as age,
        coalesce(cards.sex_code, results.sex_code) as sex_code,
        cards.headgear_run,
        cards.wind_surgery,
        cards.wind_surgery_run,
        cards.form,
        cards.last_run,
        coalesce(cards.ofr, results.official_rating) as ofr,
        cards.rpr,
        cards.ts,
        cards.performance_rating,
        cards.speed_rating,
        cards.comment,
        cards.spotlight,
        cards.trainer_rtf,
        cards.past_results_flags,
        cards.changed_at as card_known_at,
        coalesce(results.silk_url, cards.silk_url) as silk_url,

        least(cards.first_landed_at, results.first_landed_at) as first_landed_at,
        greatest(cards.changed_at, results.changed_at) as changed_at
    from cards
    full outer join results on cards.runner_id = results.runner_id
    inner join races on coalesce(cards.race_id, results.race_id) = races.race_id

),

final as (

    select
        *,
        max(case when has_result then race_date end) over (
            partition by horse_id
            order by race_date
            range between unbounded preceding and interval '1 day' preceding
        ) as previous_run_on
    from merged

)

select * from final
