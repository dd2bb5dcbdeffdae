-- Two tables whose rows nothing tells apart: how many each has, and how many, with two of them, the
-- other has not, or not as often.
with gone as materialized (
    select {columns_before} from {before}
    except all
    select {columns_after} from {after}
),

come as materialized (
    select {columns_after} from {after}
    except all
    select {columns_before} from {before}
)

select
    (select count(*) from {before}) as rows_before,
    (select count(*) from {after}) as rows_after,
    (select count(*) from gone) as only_before,
    (select count(*) from come) as only_after,
    array(
        select to_jsonb(gone)::text as told
        from gone
        order by told
        limit 2
    ) as examples_before,
    array(
        select to_jsonb(come)::text as told
        from come
        order by told
        limit 2
    ) as examples_after
