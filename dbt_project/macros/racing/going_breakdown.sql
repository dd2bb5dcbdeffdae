{#- Runs and wins by going, as JSON; null where no going is known. Put together as text: jsonb's own aggregates take half as long again. -#}
{% macro going_breakdown(going, runs, wins) -%}
    (
            json_object_agg({{ going }}, json_build_object('runs', {{ runs }}, 'wins', {{ wins }}))
            filter (where {{ going }} is not null)
        )::jsonb
{%- endmacro %}
