{#- The names of a table's columns in their order, quoted where SQL wants that. Asked for each table that changed, and read
    from the catalog, for information_schema takes a session ten times as long. -#}
{% macro columns_of(relation) -%}
    {{ return(run_query(
        "select quote_ident(attname) from pg_attribute where attrelid = '" ~ relation ~ "'::regclass"
        ~ " and attnum > 0 and not attisdropped order by attnum"
    ).columns[0].values()) }}
{%- endmacro %}
