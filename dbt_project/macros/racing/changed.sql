{#- Whether something is another than before; null where one of both is not known. -#}
{% macro is_another(now, before) -%}
    case when {{ now }} is not null and {{ before }} is not null then {{ now }} != {{ before }} end
{%- endmacro %}

{#- Whether so many days since the last run are a break; a first run comes after one. -#}
{% macro is_break(days_since_last_run) -%}
    coalesce({{ days_since_last_run }} >= 90, true)
{%- endmacro %}
