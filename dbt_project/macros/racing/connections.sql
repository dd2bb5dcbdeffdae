{#- Who is behind a runner, each with the column that tells who it is, and the records of it that are looked at: the
    name of a record, the column whose value an earlier run has to share with the runner, and within how many days
    before the race it was run. -#}
{% macro people_behind() -%}
    {{ return({
        'trainer': ('yard', recent_records('trainer', [365, 42, 14]) + [
            ('trainer_course', 'course_id', none), ('trainer_code', 'code', none), ('trainer_debut', 'is_debut', none),
            ('trainer_jockey', 'jockey_id', none), ('trainer_jockey_365d', 'jockey_id', 365),
        ]),
        'jockey': ('jockey_id', recent_records('jockey', [365, 42, 14]) + [
            ('jockey_course', 'course_id', none), ('jockey_code', 'code', none),
        ]),
        'owner': ('owner_id', recent_records('owner', [365])),
    }) }}
{%- endmacro %}

{% macro parents_behind() -%}
    {%- set parents = {} -%}
    {%- for kind in parent_kinds() -%}
        {%- do parents.update({kind: (kind ~ '_id', recent_records(kind, [365]) + [
            (kind ~ '_going', 'going_group', none), (kind ~ '_distance', 'distance_band', none),
            (kind ~ '_surface', 'surface', none), (kind ~ '_age', 'early_age', none),
        ])}) -%}
    {%- endfor -%}
    {{ return(parents) }}
{%- endmacro %}

{#- The conditions under which runs are counted for these records: the kind of entity, the column of int_connected_runs
    that tells which, and the column whose value is shared. -#}
{% macro conditions_of_records() -%}
    {%- set found = [] -%}
    {%- for kind, (key, records) in dict(people_behind(), **parents_behind()).items() -%}
        {%- for condition in records | map(attribute=1) | unique -%}
            {%- do found.append((kind, key, condition)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The totals that each of some runs of int_connected_runs is counted in: entity_id, entity_type, condition, value. -#}
{% macro totals_of_runs(runs) -%}
    lateral (
        values
        {%- for kind, key, condition in conditions_of_records() %}
        (
            {{ runs }}.{{ key }}, '{{ kind }}', '{{ condition }}',
            {{ "'true'" if condition == 'any_run' else runs ~ '.' ~ condition ~ '::text' }}
        ){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as totals (entity_id, entity_type, condition, value)
{%- endmacro %}

{#- The rows of int_connection_totals with those runs that came or went since it was made: in a build of a selection
    without it. -#}
{% macro totals_of_all_runs(totals) -%}
    {%- set measures = record_measures().keys() | list -%}
    select
        entity_id,
        entity_type,
        condition,
        value,
        {{ measures | join(', ') }}
    from {{ totals }}
    {%- if is_behind('int_connection_totals', 'int_connected_runs') %}
    union all
    select
        totals.*,
        changed.change * changed.{{ measures | join(', changed.change * changed.') }}
    from (
        select
            *,
            {{ run_as_record() }}
        from {{ changes_of('int_connected_runs', reader='int_connection_totals') }} as unread
    ) as changed
    cross join {{ totals_of_runs('changed') }}
    {%- endif -%}
{%- endmacro %}

{#- Whether the runs that changed are few enough to look at each for all later runners of its people. -#}
{% macro adds_up_changed_runs() -%}
    {{ return(
        by_changes()
        and run_query("select count(*) from " ~ changes_of('int_connected_runs') ~ " as changed").rows[0][0] <= 2000
    ) }}
{%- endmacro %}

{#- Those runs: what each adds to a record times `change`. -#}
{% macro changed_runs() -%}
    select
        *,
        true as any_run,
        {{ run_as_record() }}
    from {{ changes_of('int_connected_runs') }} as changed
{%- endmacro %}

{#- Of all runs, and of those in the last so many days. -#}
{% macro recent_records(name, days) -%}
    {%- set records = [(name, 'any_run', none)] -%}
    {%- for within in days -%}
        {%- do records.append((name ~ '_' ~ within ~ 'd', 'any_run', within)) -%}
    {%- endfor -%}
    {{ return(records) }}
{%- endmacro %}

{#- The columns that runners and runs share with each other in some of these records. -#}
{% macro columns_shared(behind) -%}
    {%- set columns = [] -%}
    {%- for key, records in behind.values() -%}
        {%- do columns.append(key) -%}
        {%- do columns.extend(records | map(attribute=1)) -%}
    {%- endfor -%}
    {{ return(columns | unique | list) }}
{%- endmacro %}

{#- What these records hang on of a runner as it was declared. -#}
{% macro columns_declared(behind) -%}
    {{ return(['runner_id', 'race_date'] + columns_shared(behind) | reject('in', ['any_run', 'is_debut']) | list) }}
{%- endmacro %}

{#- What is counted in each record, with its type. -#}
{% macro record_measures() -%}
    {{ return({
        'expected_wins': 'bigint', 'prb': 'bigint', 'runs': 'integer', 'wins': 'integer', 'places': 'integer',
        'prb_runs': 'integer',
    }) }}
{%- endmacro %}

{#- The same of one run of int_connected_runs. -#}
{% macro run_as_record() -%}
    1::bigint as runs,
        is_win::integer::bigint as wins,
        is_place::integer::bigint as places,
        (prb is not null)::integer::bigint as prb_runs
{%- endmacro %}

{#- What some runs add up to. -#}
{% macro record_sums() -%}
    {%- for measure in record_measures() -%}
    {{ exact_sum(measure) }} as {{ measure }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- A record as its columns, from its measures in a table. -#}
{% macro record_columns(measures, record) -%}
    {%- set known = measures ~ '.' ~ record -%}
    {{ known }}_runs,
            {{ known }}_wins,
            {{ known }}_places,
            {{ from_scaled(known ~ '_expected_wins') }}::numeric(14, 4) as {{ record }}_expected_wins,
            {{ mean_prb(known ~ '_prb', known ~ '_prb_runs') }} as {{ record }}_prb
{%- endmacro %}

{#- All records of a runner, from the tables that hold those of its people and of its parents. -#}
{% macro columns_of_records(people, parents) -%}
    {%- for measures, behind in [(people, people_behind()), (parents, parents_behind())] -%}
        {%- set outer = loop -%}
        {%- for record, _, _ in behind.values() | map(attribute=1) | sum(start=[]) -%}
            {{ record_columns(measures, record) }}{% if not (outer.last and loop.last) %},
            {% endif %}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
