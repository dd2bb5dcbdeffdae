{#- Furlongs to the nearest half, from "8f", "8.0" or "16.5". -#}
{% macro furlongs(expression) -%}
    (round(substring({{ expression }} from '^\s*(\d{1,2}(?:\.\d+)?)f?\s*$')::numeric * 2) / 2)::numeric(4, 1)
{%- endmacro %}

{#- How a furlong figure is shown: "8f", "16.5f". -#}
{% macro distance_label(furlong_figure) -%}
    regexp_replace({{ furlong_figure }}::text, '\.0$', '') || 'f'
{%- endmacro %}

{#- Yards of a written distance: "2m53y", "1m3f23y", "5f". -#}
{% macro written_distance_yards(expression) -%}
    nullif(
        coalesce(substring({{ expression }} from '(\d{1,2})m')::integer, 0) * 1760
        + coalesce(substring({{ expression }} from '(\d{1,2})f')::integer, 0) * 220
        + coalesce(substring({{ expression }} from '(\d{1,4})y')::integer, 0),
        0
    )
{%- endmacro %}

{#- A distance in yards as racing writes it: 1773 is "1m13y". -#}
{% macro written_distance(yards) -%}
    nullif(
        concat(
            nullif({{ yards }} / 1760, 0) || 'm',
            nullif({{ yards }} % 1760 / 220, 0) || 'f',
            nullif({{ yards }} % 220, 0) || 'y'
        ),
        ''
    )
{%- endmacro %}
