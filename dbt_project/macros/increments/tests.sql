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
    {{ return(materialization_test_default()) }}
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
{% macro told_by(node=none) -%}
    {%- set found = nodes_above(node) -%}
    {%- for unique_id in (node or model).depends_on.nodes if unique_id.startswith('model.') -%}
        {%- set above = graph.nodes[unique_id] -%}
        {%- if not works_on_changes(above) -%}
            {%- do found.append(above.config.meta.ids_from or above.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | unique | list) }}
{%- endmacro %}

{#- on-run-end: remembers which tests a build passed, and forgets that those passed which do not. A build that stood
    still too long may have had another one's tables before it, and remembers nothing. -#}
{% macro remember_tests(results) -%}
    {%- if execute and flags.WHICH in ('build', 'test') and not flags.EMPTY -%}
    {%- set passed, failed, readers = [], [], {} -%}
    {%- for result in results if result.node.resource_type == 'test' -%}
        {%- set node = result.node -%}
        {%- if result.status == 'pass' and flags.WHICH == 'build' -%}
            {%- do passed.append(node.unique_id) -%}
            {%- do readers.update({node.unique_id: {'all_of': told_by(node), 'as_much_as': tables_above(node)}}) -%}
        {%- elif result.status in ('fail', 'warn', 'error') -%}
            {%- do failed.append(node.unique_id) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set states = increments_relation('model_states') -%}
    {%- if passed or (failed and may_forget()) %}
    delete from {{ states }} where model in ('{{ (passed + failed) | join("', '") }}');
    delete from {{ increments_relation('model_reads') }} where model in ('{{ failed | join("', '") }}');
    {%- endif %}
    {%- if passed %}
    insert into {{ states }}
    select definitions.model, definitions.definition, 0, 0, 0
    from {{ increments_relation('model_definitions') }} as definitions
    inner join {{ builds_relation() }} as builds
        on builds.invocation_id = '{{ invocation_id }}' and builds.ended_at is null
    where definitions.model in ('{{ passed | join("', '") }}');
    {{ remember_read(readers) }}
    {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#- Whether there is something to forget, and it may be done: `dbt test` may be a reader's. -#}
{% macro may_forget() -%}
    {%- set states = increments_relation('model_states').include(database=false) -%}
    {{ return(run_query(
        "select coalesce(has_table_privilege(to_regclass('" ~ states ~ "'), 'delete'), false)"
    ).rows[0][0]) }}
{%- endmacro %}

{#- The rows of a model that a test of each row looks at: all, or those that have come since it passed, as they are now. One
    that passes still looks at none, and need not know which. -#}
{% macro rows_to_test(relation) -%}
    {%- if by_changes() and works_on_changes(model_of(relation)) and not is_passed_still() -%}
        {%- set node = model_of(relation) -%}
        {%- set key = node.config.unique_key -%}
        {%- set key = key if key is string else (key or []) | join(', ') -%}
        {%- if key -%}
        (
            select * from {{ relation }}
            where ({{ key }}) in (select {{ key }} from {{ changes_of(node.name) }} as changed where change > 0)
        ) as came
        {%- else -%}
        (select * from {{ net_changes_of(node.name) }} as changed where change > 0) as came
        {%- endif -%}
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#- The values of which a row went from a column of a model since a test passed, and none has come since; they may be there
    in other rows. A row that is only another one than before goes and comes in one step. -#}
{% macro values_gone(relation, column) -%}
    {%- set node = model_of(relation) -%}
    {%- if node.resource_type == 'seed' -%}
    select null as value where false
    {%- else -%}
    {%- set column = node.config.meta.ids_column or column -%}
    select {{ column }} as value
    from {{ changes_of(node.config.meta.ids_from or node.name) }} as changed
    group by {{ column }}
    having max(step) filter (where change < 0) > coalesce(max(step) filter (where change > 0), 0)
    {%- endif -%}
{%- endmacro %}
