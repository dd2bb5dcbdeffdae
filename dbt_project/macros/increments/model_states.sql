{#- What models that work on changes remember, beside the build log: model_states has a row per model with the
    definition by which it was made, the number of the build step that made it anew, that of the last one that changed it
    and that up to which its changes are no longer kept; model_reads has up to which step of each model above it a model
    has read. Numbers come from one sequence. A test that has passed is remembered like a model. -#}
{% macro increments_relation(identifier) -%}
    {{ return(builds_relation(identifier)) }}
{%- endmacro %}

{% macro create_model_states() %}
    create sequence if not exists {{ increments_relation('model_steps') }};

    create table if not exists {{ increments_relation('model_definitions') }} (
        model text primary key,
        definition text not null
    );

    create table if not exists {{ increments_relation('model_states') }} (
        model text primary key,
        definition text not null,
        made_in bigint not null,
        changed_in bigint not null,
        pruned_to bigint not null default 0
    );

    alter table {{ increments_relation('model_states') }}
    add column if not exists pruned_to bigint not null default 0;

    create table if not exists {{ increments_relation('model_reads') }} (
        model text not null,
        source text not null,
        read_to bigint not null,
        primary key (model, source)
    );
{%- endmacro %}

{#- The rows that went from a model (change -1) and came into it (1), with the step in which they did. -#}
{% macro changes_relation(name) -%}
    {{ return(increments_relation(name ~ '__changes')) }}
{%- endmacro %}

{#- The name by which a node is remembered. -#}
{% macro remembered_name(node) -%}
    {{ return(node.unique_id if node.resource_type == 'test' else node.name) }}
{%- endmacro %}

{#- Whether a node of the graph works on changes. -#}
{% macro works_on_changes(node) -%}
    {{ return(node.resource_type == 'model' and node.config.materialized == 'incremental') }}
{%- endmacro %}

{#- The names of the models right above this node that work on changes. -#}
{% macro models_above() -%}
    {%- set found = [] -%}
    {%- for unique_id in model.depends_on.nodes if unique_id in graph.nodes and works_on_changes(graph.nodes[unique_id]) -%}
        {%- do found.append(graph.nodes[unique_id].name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Those, and the seeds that this one reads. -#}
{% macro nodes_above() -%}
    {%- set found = models_above() -%}
    {%- for unique_id in model.depends_on.nodes if unique_id.startswith('seed.') -%}
        {%- do found.append(graph.nodes[unique_id].name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The names of the models right below this one that work on changes. -#}
{% macro models_below() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if model.unique_id in node.depends_on.nodes and works_on_changes(node) -%}
        {%- do found.append(node.name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Post-hook of every table: remembers what was made of what, in the transaction that made it, and tells
    PostgreSQL how much there is where that is new. -#}
{% macro remember_made() -%}
    {%- if execute and model.resource_type == 'model' %}
    {%- set is_made_anew = model.get('is_made_anew', true) %}
    {%- if is_made_anew or has_grown() %}
    analyze {{ this }};
    {%- endif %}
    {%- if works_on_changes(model) %}
    {%- set states, reads = increments_relation('model_states'), increments_relation('model_reads') %}
    {%- if is_made_anew %}
    {%- set changes = changes_relation(model.name) %}
    drop table if exists {{ changes }};
    create table {{ changes }} as
    select *, 0::smallint as change, 0::bigint as step from {{ this }} limit 0;
    insert into {{ states }}
    select model, {{ "''" if flags.EMPTY else "definition" }}, step, step, step
    from {{ increments_relation('model_definitions') }}
    cross join (select nextval('{{ increments_relation("model_steps") }}') as step) as made
    where model = '{{ model.name }}'
    on conflict (model) do update set
        definition = excluded.definition, made_in = excluded.made_in, changed_in = excluded.changed_in,
        pruned_to = excluded.pruned_to;
    {%- endif %}
    {%- endif %}
    {{ remember_read(nodes_above(), [] if works_on_changes(model) else tables_above()) }}
    {%- endif %}
{%- endmacro %}

{#- Remembers that this node has read all there is of some others, or as much as tables that it reads had. -#}
{% macro remember_read(names, tables) -%}
    {%- set states, reads = increments_relation('model_states'), increments_relation('model_reads') %}
    delete from {{ reads }} where model = '{{ remembered_name(model) }}';
    insert into {{ reads }}
    select '{{ remembered_name(model) }}', source, min(read_to)
    from (
        select model as source, changed_in as read_to from {{ states }}
        where model in ('{{ names | join("', '") }}')
        union all
        select source, read_to from {{ reads }}
        where model in ('{{ tables | join("', '") }}')
    ) as told
    group by source;
{%- endmacro %}

{#- The names of the models right above this node that are made in each build. -#}
{% macro tables_above() -%}
    {%- set found = [] -%}
    {%- for unique_id in model.depends_on.nodes if unique_id.startswith('model.') -%}
        {%- if not works_on_changes(graph.nodes[unique_id]) -%}
            {%- do found.append(graph.nodes[unique_id].name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Whether so much has come into a table that its plans may be others. -#}
{% macro has_grown() -%}
    {%- set come = load_result('main').response.rows_affected | int -%}
    {%- set rows = "select reltuples from pg_class where oid = '" ~ this ~ "'::regclass" -%}
    {{ return(come > 1000 and 10 * come > run_query(rows).rows[0][0]) }}
{%- endmacro %}

{#- Post-hook of seeds: one that holds other rows than before was made anew. -#}
{% macro remember_seeded() -%}
    {%- if execute and flags.WHICH in ('seed', 'build') %}
    {%- set states = increments_relation('model_states') %}
    insert into {{ states }}
    select '{{ model.name }}', '{{ model.checksum.checksum }}', step, step
    from (select nextval('{{ increments_relation("model_steps") }}') as step) as made
    on conflict (model) do update set
        definition = excluded.definition, made_in = excluded.made_in, changed_in = excluded.changed_in
    where model_states.definition != excluded.definition
    {%- endif %}
{%- endmacro %}
