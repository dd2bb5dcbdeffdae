{#- One build at a time, and one state of raw for all of it. Builds of a target stand in a table with the moment
    from which on each reads raw. Sessions come and go with the models, so no lock lasts for a build: a build lives
    while it has not ended and its sessions, which query-comment names, are seen now and then: `killed_after` says
    after how many seconds without one it counts as killed. -#}
{% macro builds_relation(identifier='builds') -%}
    {{ return(build_log_relation().incorporate(path={'identifier': identifier})) }}
{%- endmacro %}

{% macro create_builds() -%}
    {%- set builds, running = builds_relation(), builds_relation('running_builds') %}
    create table if not exists {{ builds }} (
        invocation_id text primary key,
        began_at timestamptz not null,
        ended_at timestamptz,
        raw_as_of timestamptz
    );

    -- What another role's session does is hidden from most: it may be of any build.
    create or replace view {{ running }} as
    select
        builds.invocation_id,
        builds.began_at,
        20 as killed_after,
        exists (
            select
            from pg_stat_activity as sessions
            where sessions.datname = current_database()
                and (
                    starts_with(sessions.query, '/* studbook build ' || builds.invocation_id)
                    or (sessions.application_name = 'dbt' and sessions.query = '<insufficient privilege>')
                )
        ) as is_seen
    from {{ builds }} as builds
    where builds.ended_at is null;
{%- endmacro %}

{#- Held until the end of the transaction: one at a time makes the tables of builds, or says that its build begins. -#}
{% macro lock_builds() -%}
    select pg_advisory_xact_lock(hashtext('studbook builds'), hashtext('{{ builds_relation().schema }}'));
{%- endmacro %}

{#- Says that this build begins, when no other one is running any more, and from which moment on it reads raw. -#}
{% macro begin_build() -%}
    {%- if execute and makes_tables() -%}
        {%- set unseen, killed, state = {}, [], namespace(others=[]) -%}
        {%- for look in range(100000) -%}
            {%- set state.others = run_query(register_build(killed)).rows -%}
            {%- if not state.others -%}
                {%- break -%}
            {%- endif -%}
            {%- if loop.first -%}
                {%- do log(
                    "Another build is running (since " ~ state.others[0]['since'] ~ "); this one waits for it.", info=true
                ) -%}
            {%- endif -%}
            {%- for other in state.others -%}
                {%- set looks = 0 if other['is_seen'] else unseen.get(other['invocation_id'], 0) + 1 -%}
                {%- do unseen.update({other['invocation_id']: looks}) -%}
                {%- if looks >= 2 * other['killed_after'] -%}
                    {%- do killed.append(other['invocation_id']) -%}
                {%- endif -%}
            {%- endfor -%}
            {%- do run_query("select pg_sleep(0.5)") -%}
        {%- endfor -%}
        {%- if state.others -%}
            {%- do exceptions.raise_compiler_error(
                "Another build is still running (since " ~ state.others[0]['since'] ~ "): build again when it has ended."
            ) -%}
        {%- endif -%}
        {%- do look_around_again() -%}
        {%- if flags.WHICH != 'seed' -%}
            {%- do run_query(take_moment()) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- dbt has looked at what there is before: what another build has made since then is there, too. -#}
{% macro look_around_again() -%}
    {%- for schema in [target.schema, builds_relation().schema] -%}
        {%- set there = api.Relation.create(database=target.database, schema=schema) -%}
        {%- for found in list_relations_without_caching(there) -%}
            {%- do adapter.cache_added(api.Relation.create(
                database=target.database, schema=schema, identifier=found['name'], type=found['type']
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Registers this build unless others are running, and returns those. -#}
{% macro register_build(killed) -%}
    {%- set builds, running = builds_relation(), builds_relation('running_builds') %}
    {{ lock_builds() }}
    {%- if killed %}
    update {{ builds }} set ended_at = clock_timestamp()
    where ended_at is null and invocation_id in ('{{ killed | join("', '") }}');
    {%- endif %}
    insert into {{ builds }} (invocation_id, began_at)
    select '{{ invocation_id }}', clock_timestamp()
    where not exists (select 1 from {{ running }});
    select invocation_id, to_char(began_at, 'YYYY-MM-DD HH24:MI:SS OF') as since, is_seen, killed_after
    from {{ running }}
    where invocation_id != '{{ invocation_id }}'
    order by began_at;
{%- endmacro %}

{#- Whatever has landed by the moment is committed, and whatever lands later says so: loads share the lock while they
    write. When the server's clock was set back, what it had landed before that counts too. -#}
{% macro take_moment() %}
    select pg_advisory_xact_lock(hashtext('studbook raw'));
    update {{ builds_relation() }} set
        raw_as_of = greatest(clock_timestamp(), (select max(finished_at) from raw.load_days))
    where invocation_id = '{{ invocation_id }}';
{%- endmacro %}

{#- Whether something in raw had been written at the moment from which on this build reads it. -#}
{% macro written_by_then(moment) -%}
    {%- set then = raw_moment() -%}
    {{ moment ~ " <= " ~ then if then else "true" }}
{%- endmacro %}

{#- on-run-end, also after failures. -#}
{% macro end_build() -%}
    {%- if execute and makes_tables() %}
    update {{ builds_relation() }} set ended_at = clock_timestamp() where invocation_id = '{{ invocation_id }}'
    {%- endif %}
{%- endmacro %}

{#- The moment from which on this build reads raw, as SQL; none where nothing is built, and in a model's unit tests. A
    build that stood still for so long that it was taken for killed reads no further. -#}
{% macro raw_moment() -%}
    {%- if execute and makes_tables() and model.resource_type == 'model' -%}
        {%- set found = run_query(
            "select quote_literal(to_char(raw_as_of at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')) as moment, ended_at"
            ~ " from " ~ builds_relation() ~ " where invocation_id = '" ~ invocation_id ~ "'"
        ).rows[0] -%}
        {%- if found['ended_at'] is not none -%}
            {%- do exceptions.raise_compiler_error(
                "This build stood still for so long that another one may have begun: build again."
            ) -%}
        {%- endif -%}
        {{ return("timestamptz " ~ found['moment']) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
