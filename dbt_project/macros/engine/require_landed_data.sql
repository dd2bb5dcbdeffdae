{#- Stops a run that cannot end well, with a sentence that says what to do: on a database in which nothing has
    landed (with --empty, one without raw tables), or without the seeds that it reads. Without the reference
    data it goes on, and says what is missing. -#}
{% macro require_landed_data() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'test') -%}
        {%- do require_utf8() -%}
        {%- set log_exists = adapter.get_relation(target.database, 'raw', 'load_days') -%}
        {%- set landed = log_exists and (
            flags.EMPTY or run_query("select 1 from raw.load_days where objects_received > 0 limit 1") | length > 0
        ) -%}
        {%- if not landed -%}
            {%- do exceptions.raise_compiler_error(
                "Database " ~ target.database ~ " holds no landed data: run `make load` first, "
                ~ "or `make demo` to try a simulated season."
            ) -%}
        {%- endif -%}
        {%- if not adapter.get_relation(target.database, 'raw', 'run_steps') -%}
            {%- do exceptions.raise_compiler_error(
                "The raw schema of database " ~ target.database ~ " is of an older Studbook: load once, for instance with "
                ~ "`studbook load reference`."
            ) -%}
        {%- endif -%}
        {%- if not flags.EMPTY and run_query("select 1 from raw.regions limit 1") | length == 0 -%}
            {%- do log(
                "No regions have been landed, so no country is told from a course's name: "
                ~ "run `make load RESOURCE=reference`.",
                info=true
            ) -%}
        {%- endif -%}
        {%- do require_seeds() -%}
    {%- endif -%}
{%- endmacro %}

{#- Models hold characters that other encodings lack. -#}
{% macro require_utf8() -%}
    {%- set encoding = run_query("select current_setting('client_encoding')").rows[0][0] -%}
    {%- if encoding != 'UTF8' -%}
        {%- do exceptions.raise_compiler_error(
            "dbt and database " ~ target.database ~ " exchange text as " ~ encoding ~ ", and it must be UTF-8: "
            ~ "`source .envrc`, or `export PGCLIENTENCODING=UTF8`."
        ) -%}
    {%- endif -%}
{%- endmacro %}

{#- Seeds that a run or a selection does not make have to be there, with the columns they have now. -#}
{% macro require_seeds() -%}
    {%- if flags.WHICH in ('run', 'build') -%}
        {%- set read = [] -%}
        {%- for node in graph.nodes.values() if node.unique_id in selected_resources -%}
            {%- do read.extend(node.depends_on.nodes) -%}
        {%- endfor -%}
        {%- for seed in graph.nodes.values()
                if seed.resource_type == 'seed' and seed.unique_id in read and seed.unique_id not in selected_resources -%}
            {%- set relation = adapter.get_relation(seed.database, seed.schema, seed.alias) -%}
            {%- set found = (adapter.get_columns_in_relation(relation) if relation else []) | map(attribute='name') | list -%}
            {%- for column in seed.config.column_types if column not in found -%}
                {%- do exceptions.raise_compiler_error(
                    "The seed " ~ seed.name ~ " is not in database " ~ target.database ~ " as it is now: run `dbt seed` first, "
                    ~ "or `dbt build`, which does both."
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
