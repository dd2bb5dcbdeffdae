{{ config(
    unique_key='owner_id',
    indexes=[{'columns': ['owner_id'], 'unique': true}],
    meta={
        'unit': ['owner_id'],
        'changes': {'int_runs': {'columns': ['owner_id', 'horse_id']}},
    },
) }}

with

runs as (

    select * from {{ ref('int_runs') }}
    where owner_id is not null and {{ is_taken_up('owner_id') }}

),

final as (

    select
        owner_id,
        count(*) as horses
    from (
        select distinct
            owner_id,
            horse_id
        from runs
    ) as owners_horses
    group by owner_id

)

select * from final
