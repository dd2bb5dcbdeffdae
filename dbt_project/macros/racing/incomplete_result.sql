{#- How many horses a result names as non-runners: "Name (reason), Name (reason, detail)". -#}
{% macro named_non_runners(non_runners) -%}
    coalesce(cardinality(string_to_array(
        btrim(regexp_replace({{ non_runners }}, '\([^()]*\)', '', 'g'), ', '), ','
    )), 0)
{%- endmacro %}

{#- Whether a result holds so few of the declared runners that the rest must be missing from it: fewer than
    half, and more are missing than it names as non-runners. -#}
{% macro is_incomplete(listed, declared, named) -%}
    coalesce({{ listed }} > 0 and 2 * {{ listed }} < {{ declared }} and {{ declared }} - {{ listed }} > {{ named }}, false)
{%- endmacro %}
