{#- Figures that are summed are whole numbers of ten-billionths, ten decimals of them in a bigint: sums of
    these have the same digits in any order, and cost a fraction of numeric ones. -#}
{% macro to_scaled(figure) -%}
    ({{ figure }} * 10000000000)::bigint
{%- endmacro %}

{#- The sum of whole numbers as one; null where there is none. PostgreSQL's own sum of bigint is numeric, and takes
    much longer. -#}
{% macro exact_sum(numbers) -%}
    {{ builds_relation('exact_sum') }}({{ numbers }})
{%- endmacro %}

{#- on-run-start: makes the aggregate. A window that moves on takes from it what leaves. -#}
{% macro create_exact_sum() -%}
    create or replace aggregate {{ builds_relation('exact_sum') }} (bigint) (
        sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe,
        msfunc = int8pl, minvfunc = int8mi, mstype = bigint
    );
{%- endmacro %}

{#- The figure itself, numeric with ten decimals. -#}
{% macro from_scaled(scaled) -%}
    ({{ scaled }} * 0.0000000001)
{%- endmacro %}
