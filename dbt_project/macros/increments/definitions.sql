{#- on-run-start: what makes the rows of each model beside the rows that it reads, as one hash: its own text, that
    of every macro of the project that it names, and of those that these name, the variables that they read, its
    contract, and what the models in meta.describes say of their columns. What hangs on the clock is not in it. -#}
{% macro note_definitions() -%}
    {%- if execute and makes_tables() -%}
    {%- set definitions = increments_relation('model_definitions') -%}
    {%- set rows = [] -%}
    {%- for node in graph.nodes.values() if works_on_changes(node) -%}
        {%- set told = [
            node.raw_code, node.config.indexes | string, node.config.contract | string, var('best_min_expected') | string
        ] -%}
        {%- for column in node.columns.values() -%}
            {%- do told.append([column.name, column.data_type, column.constraints] | string) -%}
        {%- endfor -%}
        {%- for other in graph.nodes.values() if other.name in (node.config.meta.describes or []) -%}
            {%- do told.append([other.name, other.config.meta] | string) -%}
            {%- for column in other.columns.values() -%}
                {%- do told.append([column.name, column.config.meta] | string) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set named = {} -%}
        {%- do add_named_macros(node.raw_code, named) -%}
        {%- for name in named | sort -%}
            {%- do told.append(named[name]) -%}
        {%- endfor -%}
        {%- do rows.append("('" ~ node.name ~ "', '" ~ local_md5(told | join('\n')) ~ "')") -%}
    {%- endfor %}
    truncate table {{ definitions }};
    insert into {{ definitions }} values {{ rows | join(', ') }};
    {%- endif -%}
{%- endmacro %}

{#- Adds the project's macros that a text names, and those that these name, with their texts. -#}
{% macro add_named_macros(text, found) -%}
    {%- for name in modules.re.findall('([a-z_0-9]+)[(]', text) | unique if name not in found -%}
        {%- set macro = context[name].macro if name in context else none -%}
        {%- if macro and macro.package_name == project_name -%}
            {%- do found.update({name: macro.macro_sql}) -%}
            {%- do add_named_macros(macro.macro_sql, found) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
