{#- Stops a run on a database in which nothing has landed, with a sentence that says what to do;
    without the reference data it goes on, and says what is missing. -#}
{% macro require_landed_data() -%}
    {%- if execute -%}
        {%- set landed = adapter.get_relation(target.database, 'raw', 'load_days')
            and run_query("select 1 from raw.load_days where objects_received > 0 limit 1") | length > 0 -%}
        {%- if not landed -%}
            {%- do exceptions.raise_compiler_error(
                "Database " ~ target.database ~ " holds no landed data: run `make load` first, "
                ~ "or `make demo` to try a simulated season."
            ) -%}
        {%- endif -%}
        {%- if run_query("select 1 from raw.regions limit 1") | length == 0 -%}
            {%- do log(
                "No regions have been landed, so no country is told from a horse's name: "
                ~ "run `make load RESOURCE=reference`.",
                info=true
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
