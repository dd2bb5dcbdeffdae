{#- A written distance without blanks, its quarters as decimals: "1m 3½f" is "1m3.5f". -#}
{% macro plain_distance(expression) -%}
    replace(replace(replace(
        regexp_replace(lower({{ expression }}), '\s', '', 'g'), '¼', '.25'), '½', '.5'), '¾', '.75')
{%- endmacro %}

{#- Furlongs to the nearest half, from "8f", "8.0", "16.5" or "7½f"; no distance is not known. -#}
{% macro furlongs(expression) -%}
    {{ half_furlongs("substring(" ~ plain_distance(expression) ~ " from '^([0-9]{1,2}(?:[.][0-9]+)?|[.][0-9]+)f?$')::numeric") }}
{%- endmacro %}

{#- Furlongs to the nearest half, from yards. -#}
{% macro furlongs_of_yards(yards) -%}
    {{ half_furlongs(yards ~ ' / 220.0') }}
{%- endmacro %}

{% macro half_furlongs(furlongs) -%}
    (nullif(round({{ furlongs }} * 2), 0) / 2)::numeric(4, 1)
{%- endmacro %}

{#- How a furlong figure is shown: "8f", "16.5f". -#}
{% macro distance_label(furlong_figure) -%}
    regexp_replace({{ furlong_figure }}::text, '\.0$', '') || 'f'
{%- endmacro %}

{#- Yards of a written distance: "2m53y", "1m3½f", "0m7f6y", "5f". Nobody races over a hundred miles: so many
    m are metres, "2125m". What is not understood as a whole is not known, never a part of it. -#}
{% macro written_distance_yards(expression) -%}
    {%- set plain = plain_distance(expression) -%}
    {%- set number = '(?:[0-9]{1,2}(?:[.][0-9]+)?|[.][0-9]+)' -%}
    case
        when {{ plain }} ~ '^[1-9]\d{2,3}m$'
            then {{ yards_of_metres("rtrim(" ~ plain ~ ", 'm')::numeric") }}
        when {{ plain }} ~ '^(?:{{ number }}m)?(?:{{ number }}f)?(?:\d{1,4}y)?$'
            then nullif(round(
                coalesce(substring({{ plain }} from '^({{ number }})m')::numeric, 0) * 1760
                + coalesce(substring({{ plain }} from '({{ number }})f')::numeric, 0) * 220
                + coalesce(substring({{ plain }} from '(\d{1,4})y')::numeric, 0)
            ), 0)::integer
    end
{%- endmacro %}

{% macro yards_of_metres(metres) -%}
    round({{ metres }} / 0.9144)::integer
{%- endmacro %}

{% macro metres_of_yards(yards) -%}
    round({{ yards }} * 0.9144)::integer
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
