{#- Seconds of a time written m:s.ff; the seconds may have one digit ("3:5.82"). -#}
{% macro race_time_seconds(expression) -%}
    (substring({{ expression }} from '^\s*(\d{1,3}):')::integer * 60
        + substring({{ expression }} from '^\s*\d{1,3}:([0-5]?\d(?:\.\d+)?)\s*$')::numeric)
{%- endmacro %}
