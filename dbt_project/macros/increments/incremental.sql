{#- How a table is made that is there already: of the units that the model takes up, the rows that it does not make
    any more go, and those that it did not have come; what is as it was stays untouched, and makes no work further
    down. Where a model has no unique key, all rows of these units are replaced. A table that has to be made anew is
    made as dbt makes tables. -#}
{% materialization incremental, adapter='postgres' %}
    {#- Once the table is there, nothing tells any more. -#}
    {%- do model.update({'is_made_anew': not is_incremental()}) -%}
    {%- if model['is_made_anew'] -%}
        {%- do raw_moment() -%}
        {{ return(materialization_table_default()) }}
    {%- endif -%}
    {%- set table = this.incorporate(type='table') -%}
    {%- if is_up_to_date() -%}
        {%- do store_raw_result('main', message='INSERT 0 0', code='INSERT', rows_affected=0) -%}
        {{ return({'relations': [table]}) }}
    {%- endif -%}

    {%- do raw_moment() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if model.config.meta.changes -%}
        {%- do run_query(take_up()) -%}
    {%- endif -%}
    {%- if run_query("select 1 from taken_up limit 1").rows | length > 0 -%}
        {%- do run_query("create temporary table made on commit drop as " ~ sql) -%}
        {%- set columns = adapter.get_columns_in_relation(table) | map(attribute='quoted') | join(', ') -%}
        {% call statement('main') -%}
            {{ replace_differences(table, columns) }}
        {%- endcall %}
        {%- do persist_docs(table, model) -%}
    {%- else -%}
        {%- do store_raw_result('main', message='INSERT 0 0', code='INSERT', rows_affected=0) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{% macro replace_differences(table, columns) -%}
    {%- set key = config.get('unique_key') -%}
    {%- set key = [key] if key is string else key -%}
    create temporary table before on commit drop as
    select {{ columns }} from {{ table }} where {{ is_taken_up() }};
    {%- if key %}
    {%- set of_key -%}
        {% for column in key %}made.{{ column }} = before.{{ column }}{{ " and " if not loop.last }}{% endfor %}
    {%- endset %}
    create unique index on made ({{ key | join(', ') }});
    create temporary table come on commit drop as
    select {{ columns }} from made except select {{ columns }} from before;
    create temporary table gone on commit drop as
    select {{ columns }} from before where exists (select from come as made where {{ of_key }})
    union all
    select {{ columns }} from before where not exists (select from made where {{ of_key }});
    analyze gone ({{ key | join(', ') }});
    delete from {{ table }} as old
    using gone
    where {% for column in key %}{{ "and " if not loop.first }}old.{{ column }} = gone.{{ column }}
    {% endfor %};
    {%- else %}
    alter table before rename to gone;
    alter table made rename to come;
    delete from {{ table }} where {{ is_taken_up() }};
    {%- endif %}
    {{ note_changes(columns) }}
    insert into {{ table }} ({{ columns }})
    select {{ columns }} from come;
{%- endmacro %}

{#- Adds what went and came to the changes of a model, and drops what all models below it have read. Tests that a build
    left out find theirs, too, unless they were left out for so long that they may as well look at everything. -#}
{% macro note_changes(columns) -%}
    {%- set changes = changes_relation(model.name) -%}
    {%- set states, reads = increments_relation('model_states'), increments_relation('model_reads') %}
    with pruned as (
        delete from {{ changes }}
        where step <= least(
            coalesce(
                (
                    select min(coalesce(reads.read_to, 0))
                    from unnest('{{ '{' ~ models_below() | join(",") ~ '}' }}'::text[]) as below (name)
                    left join {{ reads }} as reads on below.name = reads.model and reads.source = '{{ model.name }}'
                ),
                (select changed_in from {{ states }} where model = '{{ model.name }}')
            ),
            (
                select min(read_to)
                from {{ reads }}
                where source = '{{ model.name }}' and model like 'test.%'
                    and (select count(*) from {{ changes }}) * 10
                        < greatest((select reltuples from pg_class where oid = '{{ this }}'::regclass), 1000000)
            )
        )
        returning step
    )
    update {{ states }} set pruned_to = greatest(pruned_to, (select max(step) from pruned))
    where model = '{{ model.name }}';
    insert into {{ changes }} ({{ columns }}, change, step)
    select changed.*, steps.step
    from (
        select {{ columns }}, -1 from gone
        union all
        select {{ columns }}, 1 from come
    ) as changed
    cross join (select nextval('{{ increments_relation("model_steps") }}') as step) as steps;
    update {{ states }} set changed_in = (select coalesce(max(step), changed_in) from {{ changes }})
    where model = '{{ model.name }}';
{%- endmacro %}
