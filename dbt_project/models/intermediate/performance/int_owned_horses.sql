{{ config(
    unique_key=['owner_id', 'horse_id'],
    indexes=[{'columns': ['owner_id', 'horse_id'], 'unique': true}],
    meta={
        'unit': ['owner_id', 'horse_id'],
        'changes': {'int_runs': {'columns': ['owner_id', 'horse_id']}},
    },
) }}

with

runs as (

    {{ rows_or_changes('int_runs') }}

),

counted as (

    select
        owner_id,
        horse_id,
        change,
        count(*) as runs
    from runs
    where owner_id is not null
    group by owner_id, horse_id, change

    {% if by_changes() %}
        union all
        select
            owner_id,
            horse_id,
            0 as change,
            runs
        from {{ this }}
        where {{ is_taken_up() }}
    {% endif %}

),

final as (

    {{ added_up('counted', ['owner_id', 'horse_id'], 'runs', {'runs': none}, {}) }}

)

select
    owner_id,
    horse_id,
    runs
from final
