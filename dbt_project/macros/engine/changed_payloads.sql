{#- Incremental staging compares each unpacked row with its raw row instead of trusting a high-water
    mark, so late commits, clock steps, corrections and withdrawals all come out right. -#}

{#- Pre-hook: drops the rows whose raw row is gone, withdrawn or has another changed_at. -#}
{% macro delete_changed(source_table, key) -%}
    {%- if is_incremental() %}
    delete from {{ this }} as unpacked
    where not exists (
        select 1
        from {{ source('racing_api', source_table) }} as landed
        where landed.{{ key }} = unpacked.{{ key }}
            and landed.changed_at = unpacked.changed_at
            and landed.withdrawn_at is null
    )
    {%- endif %}
{%- endmacro %}

{#- The live raw rows that are not unpacked yet. -#}
{% macro select_unpacked(source_table, key) -%}
    select landed.*
    from {{ source('racing_api', source_table) }} as landed
    where landed.withdrawn_at is null
    {%- if is_incremental() %}
        and not exists (select 1 from {{ this }} as unpacked where unpacked.{{ key }} = landed.{{ key }})
    {%- endif %}
{%- endmacro %}
