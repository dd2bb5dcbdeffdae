{#- How racing writes a distance in lengths: 0.05 is a nose, 0.75 is ¾, 99 and more a distance; it writes
    no quarter below a neck. -#}
{% macro written_margin(lengths) -%}
    case
        when {{ lengths }} is null or {{ lengths }} <= 0 then null
        when {{ lengths }} <= 0.05 then 'nse'
        when {{ lengths }} <= 0.1 then 'shd'
        when {{ lengths }} <= 0.2 then 'hd'
        when {{ lengths }} <= 0.375 then 'nk'
        when {{ lengths }} >= 99 then 'dist'
        when {{ lengths }} > 30 then round({{ lengths }})::text
        else concat(
            nullif(trunc(round({{ lengths }} * 4) / 4), 0)::integer,
            (array['', '¼', '½', '¾'])[(round({{ lengths }} * 4) % 4)::integer + 1]
        )
    end
{%- endmacro %}
