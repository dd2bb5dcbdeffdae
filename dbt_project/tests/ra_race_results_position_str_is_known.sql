{{ config(severity='warn') }}

-- An unknown code counts as a run without a position; a reader has to say whether that is right.
select
    position_str,
    count(*) as runners
from {{ rows_to_test(ref('ra_race_results')) }}
where
    position_str !~ '^[1-9][0-9]*$'
    and upper(position_str) not in (
        'F', 'UR', 'PU', 'BD', 'RO', 'SU', 'CO', 'RR', 'REF', 'LFT', 'DSQ', 'DIED', 'VOI', 'VOID'
    )
group by position_str
