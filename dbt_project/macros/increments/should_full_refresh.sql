{#- As dbt has it, and where a model's changes would not lead to what a full refresh makes. -#}
{% macro should_full_refresh() -%}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}
        {%- set asked = flags.FULL_REFRESH -%}
    {%- endif -%}
    {{ return(asked or must_be_made_anew()) }}
{%- endmacro %}

{#- Whether a model has to be made anew: it is defined otherwise than when it was made, or a model that it reads
    was made anew since, or nothing is known of either. -#}
{% macro must_be_made_anew() -%}
    {%- if not execute or model.resource_type != 'model' or not works_on_changes(model) -%}
        {{ return(false) }}
    {%- elif flags.EMPTY or not makes_tables() -%}
        {{ return(true) }}
    {%- elif 'must_be_made_anew' in model -%}
        {{ return(model['must_be_made_anew']) }}
    {%- endif -%}
    {%- set states, reads = increments_relation('model_states'), increments_relation('model_reads') -%}
    {%- set above = nodes_above() -%}
    {%- set known -%}
        select
            exists (
                select
                from {{ states }} as states
                inner join {{ increments_relation('model_definitions') }} as definitions
                    on states.model = definitions.model and states.definition = definitions.definition
                where states.model = '{{ model.name }}'
            )
            {%- if models_below() %}
            and to_regclass('{{ changes_relation(model.name).include(database=false) }}') is not null
            {%- endif %}
            and (
                select count(*)
                from {{ states }} as states
                inner join {{ reads }} as reads on states.model = reads.source
                where reads.model = '{{ model.name }}' and reads.read_to >= states.made_in
                    and states.model in ('{{ above | join("', '") }}')
            ) = {{ above | length }}
    {%- endset -%}
    {#- Asked many times while a model is made, and answered once. -#}
    {%- do model.update({'must_be_made_anew': not run_query(known).rows[0][0]}) -%}
    {{ return(model['must_be_made_anew']) }}
{%- endmacro %}
