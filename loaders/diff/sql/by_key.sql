-- Two tables row by row: how many rows each has, how many only one has, with the first and the last
-- of these, how many have no whole key, and what {figures} say of the columns.
with before as (
    select
        true as is_there,
        *
    from {before}
),

after as (
    select
        true as is_there,
        *
    from {after}
)

select
    count(before.is_there) as rows_before,
    count(after.is_there) as rows_after,
    count(*) filter (where after.is_there is null) as only_before,
    count(*) filter (where before.is_there is null) as only_after,
    array[
        min({key_before}) filter (where after.is_there is null),
        max({key_before}) filter (where after.is_there is null)
    ] as examples_before,
    array[
        min({key_after}) filter (where before.is_there is null),
        max({key_after}) filter (where before.is_there is null)
    ] as examples_after,
    count(*) filter (where {key_is_missing}) as without_key,
    {figures}
from before
full outer join after on {same_key}
