{#- A finish as text that sorts byte by byte: the newest race last, and in one race the fastest. It ends with
    what the time, scaled, leaves of 100,000 seconds. Null without a time. The greatest is the last
    finish: a maximum costs a tenth of what it takes to put the runs of each group in order. -#}
{% macro finish_key(race_date, off_dt, race_id, finish_seconds) -%}
    case
        when {{ finish_seconds }} is not null
            then concat_ws(
                ' ',
                to_char({{ race_date }}, 'YYYYMMDD'),
                coalesce(to_char({{ off_dt }} at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), ''),
                {{ race_id }},
                lpad((1000000000000000 - {{ finish_seconds }})::text, 15, '0')
            )
    end
{%- endmacro %}

{#- The seconds in such a key. -#}
{% macro finish_key_seconds(finish_key) -%}
    {{ from_scaled('(1000000000000000 - right(' ~ finish_key ~ ', 15)::bigint)') }}
{%- endmacro %}
