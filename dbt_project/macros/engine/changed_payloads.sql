{#- Incremental staging compares each unpacked row with its raw row instead of trusting a high-water
    mark, so late commits, clock steps, corrections and withdrawals all come out right, and so does a
    change of the reading rules. -#}

{#- The live rows of a table of raw as they stood at the moment from which on this build reads it, whatever has
    landed since: those of today that are old enough, and of the others the versions of then. With --empty they are
    none, unless `is_whole`. A condition on `landed` stands with each of both, where PostgreSQL can tell how many
    rows it leaves. -#}
{% macro raw_as_of(source_table, columns, condition='true', is_whole=false) -%}
    {%- set moment = raw_moment() -%}
    {%- set today = source('racing_api', source_table) -%}
    select {{ columns | join(', ') }}
    from (select * from {{ today.render() if is_whole else today }}) as landed
    where {{ "changed_at <= " ~ moment ~ " and " if moment }}{{ was_live(moment) }} and {{ condition }}
    {%- if model.resource_type != 'unit_test' -%}
    {%- set before = source('racing_api', source_table[:-1] ~ '_versions') -%}
    {%- if moment %}
    union all
    select {{ columns | join(', ') }}
    from (select * from {{ before.render() if is_whole else before }}) as landed
    where changed_at <= {{ moment }} and replaced_at > {{ moment }} and {{ was_live(moment) }} and {{ condition }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro was_live(moment) -%}
    {{ "(withdrawn_at is null or withdrawn_at > " ~ moment ~ ")" if moment else "withdrawn_at is null" }}
{%- endmacro %}

{#- Pre-hook: drops the rows whose raw row is gone, withdrawn or has another changed_at, and those that were
    read by another version of the rules. With --empty, too, what raw holds stays unpacked. A table of before there
    were versions, or without the unique index that its model has, is filled anew. -#}
{% macro delete_changed(source_table, key) -%}
    {%- if is_incremental() %}
    {%- set read_by_version = adapter.get_columns_in_relation(this)
        | selectattr('name', 'equalto', 'reading_version') | list %}
    {%- set missing = missing_unique_indexes() %}
    {%- if missing or not read_by_version %}
    truncate table {{ this }};
    {%- for index in missing %}
    {{ get_create_index_sql(this, index) }};
    {%- endfor %}
    {%- else %}
    delete from {{ this }} as unpacked
    where unpacked.reading_version != {{ reading_version() }}
        or not exists (
            select 1
            from ({{ raw_as_of(source_table, [key, 'changed_at'], is_whole=true) }}) as landed
            where landed.{{ key }} = unpacked.{{ key }} and landed.changed_at = unpacked.changed_at
        )
    {%- endif %}
    {%- endif %}
{%- endmacro %}

{#- The unique indexes that a model wants and its table, which is there, does not have. -#}
{% macro missing_unique_indexes() -%}
    {%- set there = run_query(
        "select count(*) from pg_index where indisunique and indrelid = '" ~ this ~ "'::regclass"
    ).rows[0][0] -%}
    {%- set wanted = config.get('indexes', []) | selectattr('unique', 'defined') | list -%}
    {{ return([] if there else wanted) }}
{%- endmacro %}

{#- The live raw rows that are not unpacked yet, with the plan of the load that last changed them; before plans
    were noted, all were pro. -#}
{% macro select_unpacked(source_table, key) -%}
    {%- set dates = ['race_date'] if source_table in ('racecards', 'results') else [] -%}
    {%- set columns = [key] + dates + ['payload', 'first_landed_at', 'changed_at', 'load_id'] -%}
    {%- set is_new -%}
        not exists (select 1 from {{ this }} as unpacked where unpacked.{{ key }} = landed.{{ key }})
    {%- endset %}
    select
        landed.*,
        coalesce(loads.plan, 'pro') as plan
    from ({{ raw_as_of(source_table, columns, condition=is_new if is_incremental() else 'true') }}) as landed
    left join (select * from {{ source('racing_api', 'loads') }}) as loads
        on landed.load_id = loads.load_id
{%- endmacro %}
