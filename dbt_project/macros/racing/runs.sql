{#- A runner of a landed result ran, unless its position says that the race or its run is void. -#}
{% macro is_run(position) -%}
    coalesce(upper({{ api_text(position) }}) not in ('VOI', 'VOID'), false)
{%- endmacro %}

{#- The finishing position: a leading whole number; null for F, PU, DSQ and the like. -#}
{% macro finishing_position(position) -%}
    nullif(substring({{ position }} from '^\s*\d{1,3}(?!\d)')::integer, 0)
{%- endmacro %}

{#- Dead-heaters share a position, and each counts. -#}
{% macro is_win(position) -%}
    coalesce({{ position }} = 1, false)
{%- endmacro %}

{% macro is_place(position) -%}
    coalesce({{ position }} between 1 and 3, false)
{%- endmacro %}
