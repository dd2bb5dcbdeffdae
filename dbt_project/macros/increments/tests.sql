{#- A test that has passed looks in a build only at what has come and gone since, where it knows of that: then it
    passes again, or it tells of that. Where nothing has changed that it reads, it passes. `dbt test` looks at
    everything, and so does a build with --full-refresh. -#}
{% materialization test, adapter='postgres' %}
    {%- if is_passed_still() -%}
        {% call statement('main', fetch_result=True) -%}
            select 0 as failures, false as should_warn, false as should_error
        {%- endcall %}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {%- set made = materialization_test_default() -%}
    {%- set is_passed = load_result('main').table.rows[0][0] == 0 -%}
    {%- if is_passed and flags.WHICH == 'build' and not flags.EMPTY -%}
        {%- do run_query(remember_passed()) -%}
        {%- do adapter.commit() -%}
    {%- elif not is_passed and not follows_changes() and may_forget() -%}
        {%- do run_query(forget_passed()) -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
    {{ return(made) }}
{% endmaterialization %}

{#- Whether this test, in this build, looks only at changes. -#}
{% macro follows_changes() -%}
    {{ return(
        execute and flags.WHICH == 'build' and not flags.FULL_REFRESH and not flags.EMPTY and standing().can_follow
    ) }}
{%- endmacro %}

{#- Whether nothing that this test reads has changed since it passed. -#}
{% macro is_passed_still() -%}
    {%- set made_in_each_build = [] -%}
    {%- for unique_id in model.depends_on.nodes if unique_id.startswith('source.')
            or (unique_id.startswith('model.') and not works_on_changes(graph.nodes[unique_id])) -%}
        {%- do made_in_each_build.append(unique_id) -%}
    {%- endfor -%}
    {{ return(follows_changes() and standing().is_up_to_date and not made_in_each_build) }}
{%- endmacro %}

{#- What tells this test of changes: of each model that it reads the model itself, or, where a model is made in each
    build, the one in its meta.ids_from. One that nothing tells of is named, and never remembered. -#}
{% macro told_by() -%}
    {%- set found = nodes_above() -%}
    {%- for unique_id in model.depends_on.nodes if unique_id.startswith('model.') -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if not works_on_changes(node) -%}
            {%- do found.append(node.config.meta.ids_from or node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | unique | list) }}
{%- endmacro %}

{#- A build that stood still too long may have another one's tables before it, and remembers nothing. -#}
{% macro remember_passed() -%}
    {{ forget_passed() }};
    insert into {{ increments_relation('model_states') }}
    select definitions.model, definitions.definition, 0, 0, 0
    from {{ increments_relation('model_definitions') }} as definitions
    inner join {{ builds_relation() }} as builds
        on builds.invocation_id = '{{ invocation_id }}' and builds.ended_at is null
    where definitions.model = '{{ model.unique_id }}';
    {{ remember_read(told_by(), tables_above()) }}
{%- endmacro %}

{#- After this the test looks at everything. -#}
{% macro forget_passed() -%}
    delete from {{ increments_relation('model_states') }} where model = '{{ model.unique_id }}'
{%- endmacro %}

{#- Whether there is something to forget, and it may be done: `dbt test` may be a reader's. -#}
{% macro may_forget() -%}
    {%- set states = increments_relation('model_states').include(database=false) -%}
    {{ return(run_query(
        "select coalesce(has_table_privilege(to_regclass('" ~ states ~ "'), 'delete'), false)"
    ).rows[0][0]) }}
{%- endmacro %}

{#- The rows of a model that a test of each row looks at: all, or those that have come since it passed. -#}
{% macro rows_to_test(relation) -%}
    {%- if by_changes() and works_on_changes(model_of(relation)) -%}
        (select * from {{ net_changes_of(model_of(relation).name) }} as changed where change > 0) as came
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#- The values that have gone from a column of a model since a test passed; they may be there in other rows. -#}
{% macro values_gone(relation, column) -%}
    {%- set node = model_of(relation) -%}
    {%- if node.resource_type == 'seed' -%}
    select null where false
    {%- else -%}
    select {{ node.config.meta.ids_column or column }}
    from {{ changes_of(node.config.meta.ids_from or node.name) }} as changed
    where change < 0
    {%- endif -%}
{%- endmacro %}
