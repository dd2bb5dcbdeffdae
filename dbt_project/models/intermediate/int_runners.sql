with

racecard_runners as (

    select * from {{ ref('stg_racing_api__racecard_runners') }}

),

result_runners as (

    select * from {{ ref('stg_racing_api__result_runners') }}

),

races as (

    select * from {{ ref('int_races') }}

),

horses as (

    select * from {{ ref('int_horses') }}

),

-- What happened in the race (jockey, draw, number, headgear, owner, trainer, weight) is the
-- result's; everything else is what the card knew before it.
merged as (

    select
        coalesce(cards.runner_id, results.runner_id) as runner_id,
        coalesce(cards.race_id, results.race_id) as race_id,
        coalesce(cards.horse_id, results.horse_id) as horse_id,
        races.race_date,
        cards.runner_id is not null as has_card,
        coalesce(results.is_run, false) as has_result,
        case
            when cards.is_non_runner then true
            when not races.has_result then null
            when results.runner_id is not null then false
            when cards.jockey is not null then true
        end as is_scratched,

        {{ runner_person('jockey') }},
        {{ runner_person_figure('jockey', 'jockey_claim_lbs') }} as jockey_claim_lbs,
        {{ runner_person('trainer') }},
        cards.trainer_location,
        {{ runner_person('owner', card_first=true) }},
        coalesce(results.number, cards.number) as number,
        coalesce(results.draw, cards.draw) as draw,
        coalesce(results.headgear, cards.headgear) as headgear,
        coalesce(
            results.weight_lbs,
            cards.weight_allotted_lbs - coalesce(cards.jockey_claim_lbs, 0)
        ) as weight_lbs,
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
        cards.comment,
        cards.spotlight,
        cards.trainer_rtf,
        cards.past_results_flags,
        coalesce(results.silk_url, cards.silk_url) as silk_url,

        results.position,
        results.btn_text,
        results.ovr_btn,
        results.prize_won,
        results.prize_currency,
        results.sp,
        results.sp_decimal,
        results.time_display,
        results.comment as race_comment,
        results.changed_at as result_changed_at,

        races.off_dt,
        races.code,
        least(cards.first_landed_at, results.first_landed_at) as first_landed_at,
        greatest(cards.changed_at, results.changed_at) as changed_at
    from racecard_runners as cards
    full outer join result_runners as results on cards.runner_id = results.runner_id
    inner join races on coalesce(cards.race_id, results.race_id) = races.race_id

),

final as (

    select
        merged.*,
        horses.horse,
        horses.sire_id,
        horses.dam_id,
        horses.damsire_id,
        horses.colour,
        horses.dob,
        max(case when merged.has_result then merged.race_date end) over (
            partition by merged.horse_id
            order by merged.race_date
            range between unbounded preceding and interval '1 day' preceding
        ) as previous_run_on
    from merged
    inner join horses on merged.horse_id = horses.horse_id

)

select * from final
