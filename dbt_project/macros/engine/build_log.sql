{#- The build log: one row per model or seed that a dbt run made. It is no model, since the run that
    is just ending has to be in it. -#}
{% macro build_log_relation() -%}
    {{ return(api.Relation.create(
        database=target.database, schema=generate_schema_name('staging', none), identifier='build_log', type='table'
    )) }}
{%- endmacro %}

{#- Whether this command of dbt makes models or seeds: compiling and documenting do not. -#}
{% macro makes_tables() -%}
    {{ return(flags.WHICH in ('run', 'build', 'seed')) }}
{%- endmacro %}

{#- Makes what is missing of the build log and of the table of builds. -#}
{% macro create_build_log() -%}
    {%- set relation = build_log_relation() -%}
    {%- if execute and makes_tables() %}
        {%- if not adapter.check_schema_exists(relation.database, relation.schema) -%}
            {%- do adapter.create_schema(relation) -%}
        {%- endif %}
    {{ lock_builds() }}

    create table if not exists {{ relation }} (
        invocation_id text not null,
        table_name text not null,
        status text not null,
        rows_written bigint,
        message text,
        execution_seconds numeric(12, 3) not null,
        started_at timestamptz not null,
        finished_at timestamptz not null,
        primary key (invocation_id, table_name)
    );

    {{ create_builds() }}

    {{ create_model_states() }}

    {{ create_exact_sum() }}
    {%- endif %}
{%- endmacro %}

{#- Fills the build log from the results of the run; statuses are success and failed. A message may
    quote a payload, so the values go as parameters. -#}
{% macro log_build(results) -%}
    {%- set values = [] -%}
    {%- for result in results if makes_tables() and result.node.resource_type in ('model', 'seed')
            and result.node.config.materialized != 'ephemeral' and result.status in ('success', 'error') -%}
        {%- set timing = result.timing | selectattr('name', 'equalto', 'execute') | list -%}
        {%- set written = result.adapter_response.get('rows_affected', -1) -%}
        {%- do values.extend([
            invocation_id,
            result.node.alias or result.node.name,
            'success' if result.status == 'success' else 'failed',
            written if written >= 0 else none,
            result.message or '',
            result.execution_time | round(3),
            timing[0].started_at ~ 'Z' if timing and timing[0].started_at else run_started_at,
            timing[0].completed_at ~ 'Z' if timing and timing[0].completed_at else run_started_at,
        ]) -%}
    {%- endfor -%}
    {%- if values -%}
        {%- set insert -%}
    insert into {{ build_log_relation() }} (
        invocation_id, table_name, status, rows_written, message, execution_seconds, started_at, finished_at
    )
    values {{ (['(%s, %s, %s, %s, %s, %s, %s, %s)'] * (values | length // 8)) | join(', ') }}
        {%- endset -%}
        {%- do adapter.add_query(insert, auto_begin=false, bindings=values) -%}
    {%- endif -%}
{%- endmacro %}
