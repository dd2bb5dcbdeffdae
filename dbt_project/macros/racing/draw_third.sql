{#- The third of the stalls that a run came from: low, middle or high, by the place of its draw among those that ran,
    for non-runners leave no gap. The thirds lie even around the middle: of eight runners three, two and three. None in
    a field of fewer than six. -#}
{% macro draw_third(place, runners) -%}
    case
            when {{ runners }} < 6 then null
            when 3 * (2 * {{ place }} - 1) < 2 * {{ runners }} then 'low'
            when 3 * (2 * {{ place }} - 1) > 4 * {{ runners }} then 'high'
            else 'middle'
        end
{%- endmacro %}
