{#- Incremental staging compares each unpacked row with its raw row instead of trusting a high-water
    mark, so late commits, clock steps, corrections and withdrawals all come out right, and so does a
    change of the reading rules. -#}

{#- Pre-hook: drops the rows whose raw row is gone, withdrawn or has another changed_at, and those that were
    read by another version of the rules. With --empty, too, what raw holds stays unpacked. -#}
{% macro delete_changed(source_table, key) -%}
    {%- if is_incremental() %}
    {%- set read_by_version = adapter.get_columns_in_relation(this)
        | selectattr('name', 'equalto', 'reading_version') | list %}
    {%- if not read_by_version %}
    truncate table {{ this }}
    {%- else %}
    delete from {{ this }} as unpacked
    where unpacked.reading_version != {{ reading_version() }}
        or not exists (
            select 1
            from {{ source('racing_api', source_table).render() }} as landed
            where landed.{{ key }} = unpacked.{{ key }}
                and landed.changed_at = unpacked.changed_at
                and landed.withdrawn_at is null
        )
    {%- endif %}
    {%- endif %}
{%- endmacro %}

{#- The live raw rows that are not unpacked yet, with the plan of the load that last changed them; before plans
    were noted, all were pro, and a log of loads from then has no such column. Behind subqueries, since
    `dbt run --empty` gives a source an alias of its own. -#}
{% macro select_unpacked(source_table, key) -%}
    select
        landed.*,
        coalesce(to_jsonb(loads) ->> 'plan', 'pro') as plan
    from (select * from {{ source('racing_api', source_table) }}) as landed
    left join (select * from {{ source('racing_api', 'loads') }}) as loads
        on landed.load_id = loads.load_id
    where landed.withdrawn_at is null
    {%- if is_incremental() %}
        and not exists (select 1 from {{ this }} as unpacked where unpacked.{{ key }} = landed.{{ key }})
    {%- endif %}
{%- endmacro %}
