{#- Stops a run on a database that holds no landed data, with a sentence that says what to do. -#}
{% macro require_landed_data() -%}
    {%- if execute and not adapter.get_relation(target.database, 'raw', 'load_days') -%}
        {%- do exceptions.raise_compiler_error(
            "Database " ~ target.database ~ " holds no landed data: run `make load` first, or `make demo` to try a simulated season."
        ) -%}
    {%- endif -%}
{%- endmacro %}
