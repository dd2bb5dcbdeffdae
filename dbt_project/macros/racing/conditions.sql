{#- The band of distance that a race is counted in. -#}
{% macro distance_band(code, furlongs) -%}
    (
            select bands.distance_band
            from (select * from {{ ref('distance_bands') }}) as bands
            where bands.code = {{ code }} and bands.from_furlongs <= {{ furlongs }}
            order by bands.from_furlongs desc
            limit 1
        )
{%- endmacro %}

{#- Whether a race is run on an all-weather track: its surface says so, else its going. -#}
{% macro is_all_weather(surface, going_groups) -%}
    coalesce({{ surface }} = 'AW', {{ going_groups }}.is_all_weather, false)
{%- endmacro %}

{#- What a race is run on: turf or an all-weather track. -#}
{% macro surface(is_all_weather) -%}
    case when {{ is_all_weather }} then 'aw' when not {{ is_all_weather }} then 'turf' end
{%- endmacro %}

{#- The ages that a horse's relatives are told apart by. -#}
{% macro early_age(age) -%}
    case when {{ age }} in (2, 3) then {{ age }}::smallint end
{%- endmacro %}

{#- The yard whose licence a trainer's was on a day; a trainer of whom the seed tells nothing is one alone. -#}
{% macro yard_of(trainer_id, race_date) -%}
    coalesce(
            (
                select yards.yard
                from (select * from {{ ref('yards') }}) as yards
                where yards.trainer_id = {{ trainer_id }} and yards."from" <= {{ race_date }}
                order by yards."from" desc
                limit 1
            ),
            {{ trainer_id }}
        )
{%- endmacro %}
