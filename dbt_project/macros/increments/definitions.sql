{#- on-run-start: what makes the rows of each model beside the rows that it reads, as one hash: its own text, that
    of every macro of the project that it names, and of those that these name, the variables that they read, its
    contract, and what the models in meta.describes say of their columns. What hangs on the clock is not in it. Of a
    test it is what it is given, and what the models that it looks at say of their columns. -#}
{% macro note_definitions() -%}
    {%- if execute and makes_tables() -%}
    {%- set definitions = increments_relation('model_definitions') -%}
    {#- What is asked of sums hangs on the smallest plan that races came from. -#}
    {%- set rows, known, plan = [], {}, smallest_plan() -%}
    {%- for node in graph.nodes.values() if works_on_changes(node) or node.resource_type == 'test' -%}
        {%- set told = [
            node.raw_code, node.config.indexes | string, node.config.contract | string, var('best_min_expected') | string,
            var('leader_min_expected') | string, var('betfair_commission') | string
        ] -%}
        {%- set described = node.config.meta.describes or [] -%}
        {%- if node.resource_type == 'test' -%}
            {%- do told.extend([node.test_metadata | string, var('enforce_expected_population') | string, plan]) -%}
            {%- set described = node.depends_on.nodes | map('replace', 'model.' ~ project_name ~ '.', '') | list -%}
        {%- endif -%}
        {%- for column in node.columns.values() -%}
            {%- do told.append([column.name, column.data_type, column.constraints] | string) -%}
        {%- endfor -%}
        {%- for other in described -%}
            {%- set other = graph.nodes.get('model.' ~ project_name ~ '.' ~ other, {'columns': {}}) -%}
            {%- do told.append(other.name ~ tojson(other.config.meta if other.config else none, sort_keys=true)) -%}
            {%- for column in other.columns.values() -%}
                {%- do told.append(column.name ~ tojson(column.config.meta, sort_keys=true)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set named = {} -%}
        {%- do add_named_macros(node.raw_code, named, known) -%}
        {%- if node.resource_type == 'test' -%}
            {%- do add_tables(node, named, known) -%}
        {%- endif -%}
        {%- for name in named | sort -%}
            {%- do told.append(named[name]) -%}
        {%- endfor -%}
        {%- do rows.append("('" ~ remembered_name(node) ~ "', '" ~ local_md5(told | join('\n')) ~ "')") -%}
    {%- endfor %}
    truncate table {{ definitions }};
    insert into {{ definitions }} values {{ rows | join(', ') }};
    {%- endif -%}
{%- endmacro %}

{#- Adds the project's macros that a text names, and those that these name, with their texts. `known` keeps what a
    macro leads to, for the next text that names it. -#}
{% macro add_named_macros(text, found, known) -%}
    {%- for name in modules.re.findall('([a-z_0-9]+)[(]', text) | unique if name not in found -%}
        {%- if name not in known -%}
            {%- do known.update({name: {}}) -%}
            {%- set macro = context[name].macro if name in context else none -%}
            {%- if macro and macro.package_name == project_name -%}
                {%- set leads_to = {name: macro.macro_sql} -%}
                {%- do add_named_macros(macro.macro_sql, leads_to, known) -%}
                {%- do known.update({name: leads_to}) -%}
            {%- endif -%}
        {%- endif -%}
        {%- do found.update(known[name]) -%}
    {%- endfor -%}
{%- endmacro %}

{#- Adds the texts of the models above a node that are made in each build, and so have no definition of their own. -#}
{% macro add_tables(node, found, known) -%}
    {%- for unique_id in node.depends_on.nodes if unique_id.startswith('model.') -%}
        {%- set above = graph.nodes[unique_id] -%}
        {%- if not works_on_changes(above) and unique_id not in found -%}
            {%- do found.update({unique_id: above.raw_code}) -%}
            {%- do add_named_macros(above.raw_code, found, known) -%}
            {%- do add_tables(above, found, known) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
