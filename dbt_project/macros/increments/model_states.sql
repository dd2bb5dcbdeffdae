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

    -- Only where it is missing: to alter a table waits for all who read it.
    do $$
    begin
        if not exists (
            select from pg_attribute
            where attrelid = '{{ increments_relation("model_states") }}'::regclass and attname = 'pruned_to'
        ) then
            alter table {{ increments_relation('model_states') }} add column pruned_to bigint not null default 0;
        end if;
    end $$;

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
{% macro models_above(node=none) -%}
    {%- set found = [] -%}
    {%- for unique_id in (node or model).depends_on.nodes if unique_id in graph.nodes and works_on_changes(graph.nodes[unique_id]) -%}
        {%- do found.append(graph.nodes[unique_id].name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Those, and the seeds that this one reads. -#}
{% macro nodes_above(node=none) -%}
    {%- set found = models_above(node) -%}
    {%- for unique_id in (node or model).depends_on.nodes if unique_id.startswith('seed.') -%}
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

{#- Of a table of more than a hundred columns a build looks at those alone that its indexes hold, for all of them would take
    most of the time of a replacement. Autovacuum looks at the others later. -#}
{% macro columns_to_analyze() -%}
    {%- if model.columns | length > 100 and model.config.indexes -%}
    ({{ model.config.indexes | map(attribute='columns') | sum(start=[]) | unique | join(', ') }})
    {%- endif -%}
{%- endmacro %}

{#- Post-hook of every table: remembers what was made of what, in the transaction that made it, and tells
    PostgreSQL how much there is where that is new. -#}
{% macro remember_made() -%}
    {%- if execute and model.resource_type == 'model' %}
    {%- set is_made_anew = model.get('is_made_anew', true) %}
    {%- if is_made_anew or has_grown() %}
    analyze {{ this }}{{ columns_to_analyze() }};
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
    {%- set tables = [] if works_on_changes(model) else tables_above() %}
    {{ remember_read({model.name: {'all_of': nodes_above(), 'as_much_as': tables}}) }}
    {%- endif %}
{%- endmacro %}

{#- Remembers of some readers, by their names, that they have read all there is of some others, and as much of what
    some tables read as those had. -#}
{% macro remember_read(readers) -%}
    {%- set states, reads = increments_relation('model_states'), increments_relation('model_reads') %}
    {%- set pairs = {'all_of': ["(null, null)"], 'as_much_as': ["(null, null)"]} %}
    {%- for reader, read in readers.items() %}
        {%- for how, names in read.items() %}
            {%- for name in names %}
                {%- do pairs[how].append("('" ~ reader ~ "', '" ~ name ~ "')") %}
            {%- endfor %}
        {%- endfor %}
    {%- endfor %}
    delete from {{ reads }} where model in ('{{ readers | join("', '") }}');
    insert into {{ reads }}
    select reader, source, min(read_to)
    from (
        select told.reader, states.model as source, states.changed_in as read_to
        from (values {{ pairs.all_of | join(', ') }}) as told (reader, name)
        inner join {{ states }} as states on told.name = states.model
        union all
        select told.reader, reads.source, reads.read_to
        from (values {{ pairs.as_much_as | join(', ') }}) as told (reader, name)
        inner join {{ reads }} as reads on told.name = reads.model
    ) as told
    group by reader, source;
{%- endmacro %}

{#- The names of the models right above this node that are made in each build. -#}
{% macro tables_above(node=none) -%}
    {%- set found = [] -%}
    {%- for unique_id in (node or model).depends_on.nodes if unique_id.startswith('model.') -%}
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
