{#- A runner of a landed result ran, unless its position says that the race or its run is void. -#}
{% macro is_run(position) -%}
    coalesce(upper({{ api_text(position) }}) not in ('VOI', 'VOID'), false)
{%- endmacro %}

{#- The finishing position: a leading whole number; null for F, PU, DSQ and the like. -#}
{% macro finishing_position(position) -%}
    nullif(substring({{ position }} from '^\s*\d{1,3}(?!\d)')::integer, 0)
{%- endmacro %}

{#- The runs of a horse one after another: two of a day by their offs. -#}
{% macro one_after_another() -%}
    partition by horse_id
    order by race_date asc, off_dt asc nulls first, {{ bytewise('race_id') }} asc
{%- endmacro %}

{#- Dead-heaters share a position, and each counts. -#}
{% macro is_win(position) -%}
    coalesce({{ position }} = 1, false)
{%- endmacro %}

{% macro is_place(position) -%}
    coalesce({{ position }} between 1 and 3, false)
{%- endmacro %}

{#- The share of its rivals that a run beat, 0 to 1: those behind it and half of those level with it. Who did not
    finish is level with all others who did not, behind every finisher. Null for the only run of a race. -#}
{% macro rivals_beaten(position, race_id) -%}
    round(
        (
            2 * (
                count(*) over (partition by {{ race_id }})
                - rank() over (partition by {{ race_id }} order by {{ position }} asc nulls last)
            )
            + 1 - count(*) over (partition by {{ race_id }}, {{ position }})
        )::numeric
        / nullif(2 * (count(*) over (partition by {{ race_id }}) - 1), 0),
        10
    )
{%- endmacro %}

{#- Its mean over some runs, from its scaled sum and how many of them have one. -#}
{% macro mean_prb(sum, runs) -%}
    ({{ from_scaled(sum) }} / nullif({{ runs }}, 0))::numeric(5, 4)
{%- endmacro %}
