{#- Seconds of a time written m:s.ff; the seconds may have one digit ("3:5.82"). -#}
{% macro race_time_seconds(expression) -%}
    case
        when {{ expression }} ~ '^\s*\d{1,3}:[0-5]?\d(?:\.\d+)?\s*$'
            then {{ measured(
                "(split_part(" ~ expression ~ ", ':', 1)::integer * 60 + split_part(" ~ expression ~ ", ':', 2)::numeric)"
            ) }}
    end
{%- endmacro %}
