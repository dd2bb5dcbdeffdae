-- How the newest daily or weekly run ended, and the steps that were not well.
select
    runs.kind,
    runs.started_at,
    runs.outcome,
    array_remove(
        array_agg(
            case when steps.outcome <> 'success' then steps.step || ': ' || steps.outcome end
            order by steps.started_at
        ),
        null
    ) as not_well
from raw.runs
left join raw.run_steps as steps on runs.run_id = steps.run_id
group by runs.run_id, runs.kind, runs.started_at, runs.outcome
order by runs.run_id desc
limit 1
