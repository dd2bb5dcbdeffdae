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
        {%- set columns = quoted(columns_of(table)) -%}
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

{#- Rows of wide tables take long to write, so what went is noted as it goes, and what comes is read where it was made. What
    went and came is of one step, and its number that of the sequence in this session. -#}
{% macro replace_differences(table, columns) -%}
    {%- set key = config.get('unique_key') -%}
    {%- set key = [key] if key is string else key -%}
    {%- set changes, steps = changes_relation(model.name), increments_relation('model_steps') -%}
    {%- if key %}
    create unique index on made ({{ key | join(', ') }});
    analyze made ({{ key | join(', ') }});
    create temporary table stays on commit drop as
    select made.{{ key | join(', made.') }}
    from (select row({{ columns }})::{{ table }} as whole, {{ key | join(', ') }} from made) as made
    inner join (select old as whole, {{ key | join(', ') }} from {{ table }} as old where {{ is_taken_up() }}) as old
        on {{ same_key(key, 'made', 'old') }}
    where made.whole is not distinct from old.whole;
    analyze stays;
    {%- endif %}
    {{ prune_changes() }}
    select nextval('{{ steps }}');
    with gone as (
        delete from {{ table }} as old
        where {{ is_taken_up() }}{{ and_not_among('stays', key, 'old') }}
        returning {{ columns }}
    )
    insert into {{ changes }} ({{ columns }}, change, step)
    select {{ columns }}, -1, currval('{{ steps }}') from gone;
    insert into {{ changes }} ({{ columns }}, change, step)
    select {{ columns }}, 1, currval('{{ steps }}') from made where true{{ and_not_among('stays', key, 'made') }};
    update {{ increments_relation('model_states') }}
    set changed_in = (select coalesce(max(step), changed_in) from {{ changes }})
    where model = '{{ model.name }}';
    insert into {{ table }} ({{ columns }})
    select {{ columns }} from made where true{{ and_not_among('stays', key, 'made') }};
{%- endmacro %}

{% macro same_key(key, left, right) -%}
    {%- for column in key -%}
    {{ left }}.{{ column }} = {{ right }}.{{ column }}{{ " and " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The rest of a condition: without a key all rows are others. -#}
{% macro and_not_among(rows, key, name) -%}
    {%- if key %} and not exists (select from {{ rows }} where {{ same_key(key, rows, name) }}){% endif -%}
{%- endmacro %}

{#- Drops of a model's changes what all models below it have read. Tests that a build left out find theirs, too, unless they were
    left out for so long that they may as well look at everything. -#}
{% macro prune_changes() -%}
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
{%- endmacro %}
