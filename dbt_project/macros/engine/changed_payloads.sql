{#- Staging compares what it has unpacked with raw instead of trusting a high-water mark, so late commits, clock
    steps, corrections and withdrawals all come out right. The first model over a table of raw does so; those beside
    it, of the runners of its races and of what stands with these, follow it. -#}

{#- The live rows of a table of raw as they stood at the moment from which on this build reads it, whatever has
    landed since: those of today that are old enough, and of the others the versions of then. A condition on
    `landed` stands with each of both, where PostgreSQL can tell how many rows it leaves. -#}
{% macro raw_as_of(source_table, columns, condition='true') -%}
    {%- set moment = raw_moment() -%}
    select {{ columns | join(', ') }}
    from (select * from {{ source('racing_api', source_table) }}) as landed
    where {{ "changed_at <= " ~ moment ~ " and " if moment }}{{ was_live(moment) }} and {{ condition }}
    {%- if moment and model.resource_type != 'unit_test' %}
    union all
    select {{ columns | join(', ') }}
    from (select * from {{ source('racing_api', source_table[:-1] ~ '_versions') }}) as landed
    where changed_at <= {{ moment }} and replaced_at > {{ moment }} and {{ was_live(moment) }} and {{ condition }}
    {%- endif -%}
{%- endmacro %}

{% macro was_live(moment) -%}
    {{ "(withdrawn_at is null or withdrawn_at > " ~ moment ~ ")" if moment else "withdrawn_at is null" }}
{%- endmacro %}

{#- Pre-hook of the first model over a table of raw: takes up what is absent here, gone there, or another version. -#}
{% macro take_up_payloads(source_table, key) -%}
    {%- if is_incremental() %}
    {%- set differing -%}
        select coalesce(landed.{{ key }}, unpacked.{{ key }}) as {{ key }}
        from ({{ raw_as_of(source_table, [key, 'changed_at']) }}) as landed
        full outer join {{ this }} as unpacked
            on landed.{{ key }} = unpacked.{{ key }} and landed.changed_at = unpacked.changed_at
        where landed.{{ key }} is null or unpacked.{{ key }} is null
    {%- endset %}
    {{ take_up_units([differing]) }}
    {%- endif %}
{%- endmacro %}

{#- The payloads that a build unpacks, with the plan of the load that last changed them; before plans were noted,
    all were pro. -#}
{% macro select_payloads(source_table, key) -%}
    {%- set columns = payload_columns(source_table, key) -%}
    {{ with_plan(raw_as_of(source_table, columns, condition=is_taken_up(key))) }}
{%- endmacro %}

{#- The versions before those, of the same keys. -#}
{% macro select_earlier_payloads(source_table, key) -%}
    {%- set moment = raw_moment() -%}
    {%- set is_read = moment and model.resource_type != 'unit_test' -%}
    {%- set earlier -%}
    select {{ payload_columns(source_table, key) | join(', ') }}
    from (select * from {{ source('racing_api', source_table[:-1] ~ '_versions' if is_read else source_table) }}) as landed
    where {{ "replaced_at <= " ~ moment ~ " and " ~ is_taken_up(key) if is_read else 'false' }}
    {%- endset -%}
    {{ with_plan(earlier) }}
{%- endmacro %}

{#- The same as select_payloads for a model that follows another one: of the payloads that the first has unpacked,
    whatever has landed since. `version` is the column of the first that says which; unit tests give it payloads
    alone. -#}
{% macro select_payloads_of(first, source_table, key, version='changed_at') -%}
    {%- if model.resource_type == 'unit_test' -%}
        {{ return(select_payloads(source_table, key)) }}
    {%- endif -%}
    {%- set columns = payload_columns(source_table, key) -%}
    {%- set unpacked -%}
    {%- for table in [source_table, source_table[:-1] ~ '_versions'] %}
    select landed.{{ columns | join(', landed.') }}
    from (select * from {{ ref(first) }} where {{ is_taken_up(key) }}) as unpacked
    inner join (select * from {{ source('racing_api', table) }}) as landed
        on unpacked.{{ key }} = landed.{{ key }} and unpacked.{{ version }} = landed.changed_at
    {{ "union all" if not loop.last }}
    {%- endfor %}
    {%- endset -%}
    {{ with_plan(unpacked) }}
{%- endmacro %}

{#- The versions before those in `unpacked`, rows of the model that unpacks the newest ones. -#}
{% macro select_earlier_payloads_of(unpacked, source_table, key) -%}
    {%- set columns = payload_columns(source_table, key) -%}
    select landed.{{ columns | join(', landed.') }}
    from {{ unpacked }} as unpacked
    inner join (select * from {{ source('racing_api', source_table[:-1] ~ '_versions') }}) as landed
        on unpacked.{{ key }} = landed.{{ key }} and unpacked.changed_at > landed.changed_at
{%- endmacro %}

{% macro payload_columns(source_table, key) -%}
    {%- set dates = ['race_date'] if source_table in ('racecards', 'results') else [] -%}
    {{ return([key] + dates + ['payload', 'first_landed_at', 'changed_at', 'load_id']) }}
{%- endmacro %}

{% macro with_plan(payloads) -%}
    select
        landed.*,
        coalesce(loads.plan, 'pro') as plan
    from ({{ payloads }}) as landed
    left join (select * from {{ source('racing_api', 'loads') }}) as loads
        on landed.load_id = loads.load_id
{%- endmacro %}
