{#- As dbt has it, and where a model's changes would not lead to what a full refresh makes. -#}
{% macro should_full_refresh() -%}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}
        {%- set asked = flags.FULL_REFRESH -%}
    {%- endif -%}
    {{ return(asked or must_be_made_anew()) }}
{%- endmacro %}

{#- Whether a model has to be made anew: it is defined otherwise than when it was made, or a model that it reads
    was made anew since, or nothing is known of either; or something changed above one that is_made_whole, of which
    each row hangs on all others. -#}
{% macro must_be_made_anew() -%}
    {%- if not execute or model.resource_type != 'model' or not works_on_changes(model) -%}
        {{ return(false) }}
    {%- elif flags.EMPTY or not makes_tables() -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return(
        not standing().can_follow
        or (model.config.meta.is_made_whole or false) and not standing().is_up_to_date
    ) }}
{%- endmacro %}

{#- Whether nothing above a model that follows other models has changed since it last read them. -#}
{% macro is_up_to_date() -%}
    {{ return(model.config.meta.changes is defined and standing().is_up_to_date) }}
{%- endmacro %}

{#- How a model stands to what it was made of. Asked many times while a model is compiled and made, and answered once, for
    nothing above it changes meanwhile. What it reads without following it (`[]` in meta.changes) has to be able to
    follow its own sources. -#}
{% macro standing() -%}
    {%- set known = graph.nodes.get(model.unique_id, model) -%}
    {%- if known.standing and known.standing.invocation_id == invocation_id -%}
        {{ return(known.standing) }}
    {%- endif -%}
    {%- set states, reads = increments_relation('model_states'), increments_relation('model_reads') -%}
    {%- set above = nodes_above() if model.resource_type == 'model' else told_by() -%}
    {%- set beside = [] -%}
    {%- for name, entries in (model.config.meta.changes or {}).items() if entries is sequence and entries | length == 0 -%}
        {%- do beside.append(name) -%}
    {%- endfor -%}
    {%- set asked -%}
        select
            exists (
                select
                from {{ states }} as states
                inner join {{ increments_relation('model_definitions') }} as definitions
                    on states.model = definitions.model and states.definition = definitions.definition
                where states.model = '{{ remembered_name(model) }}'
            )
            {%- if model.resource_type == 'model' %}
            and to_regclass('{{ changes_relation(model.name).include(database=false) }}') is not null
            {%- endif %}
            {%- if beside %}
            and not exists (
                select
                from {{ states }} as beside
                left join {{ increments_relation('model_definitions') }} as definitions
                    on beside.model = definitions.model and beside.definition = definitions.definition
                left join {{ reads }} as its_reads on beside.model = its_reads.model
                left join {{ states }} as sources on its_reads.source = sources.model
                where beside.model in ('{{ beside | join("', '") }}')
                    and (
                        definitions.model is null
                        or its_reads.read_to < greatest(sources.made_in, sources.pruned_to)
                    )
            )
            {%- endif %}
            and count(*) filter (where reads.read_to >= greatest(states.made_in, states.pruned_to)) = {{ above | length }}
                as can_follow,
            count(*) filter (where reads.read_to >= states.changed_in) = {{ above | length }} as is_up_to_date
        from {{ states }} as states
        inner join {{ reads }} as reads on states.model = reads.source
        where reads.model = '{{ remembered_name(model) }}' and states.model in ('{{ above | join("', '") }}')
    {%- endset -%}
    {%- set found = run_query(asked).rows[0] -%}
    {%- do known.update({'standing': {
        'can_follow': found['can_follow'], 'is_up_to_date': found['is_up_to_date'], 'invocation_id': invocation_id,
    }}) -%}
    {{ return(known.standing) }}
{%- endmacro %}
