{#- Which of its units - races, horses, or whatever the columns in meta.unit tell apart - a model takes up in a build.
    meta.changes has an entry for each model above it:
      none                 the units of all rows that changed;
      []                   none: what is read of it changes only as that of another model does;
      where                only of these rows;
      known                only those units that the model has rows of;
      columns              only where what these columns say has changed;
      each                 the units that a lateral subquery makes of a row, which is called changed;
      as                   lists of expressions to take for the columns of the unit;
      through, on          the units in another model whose columns `on` have those values; without `on` all of them;
      later                of these only those whose day, in this column, is after one of the change's; `on` is a list then,
                           and besides `part` nothing else is told;
      part                 to these columns of a row alone: the model makes them again where is_taken_up(part=...), and takes them
                           from `this` where is_taken_up_without(...); a row that is new in the table has none to take. A change
                           that no part is told of leads to all of them and to the row as a `whole`, which is_taken_up(part='whole');
    or a list of such.
    A model without a unit is one unit as a whole. -#}
{% macro take_up() -%}
    {%- set told = model.config.meta.changes %}
    {%- if told.keys() | sort != models_above() | sort %}
        {%- do exceptions.raise_compiler_error(
            "meta.changes of " ~ model.name ~ " names " ~ told.keys() | sort | join(', ')
            ~ "; it reads " ~ models_above() | sort | join(', ') ~ "."
        ) %}
    {%- endif %}
    {%- set selects = [] %}
    {%- set parts = parts_of_units() %}
    {%- for name, entries in told.items() %}
        {%- for how in entries_of(entries) %}
            {%- for units in changed_units(name, how) %}
                {%- do selects.append(units_with_parts(units, [how.part] if how.part else parts)) %}
            {%- endfor %}
        {%- endfor %}
    {%- endfor %}
    {%- if not selects %}
        {%- do exceptions.raise_compiler_error("meta.changes of " ~ model.name ~ " has [] for all that it reads; it has to follow something.") %}
    {%- endif %}
    {{ take_up_units(selects) }}
{%- endmacro %}

{#- Makes the units of those selects the ones that are taken up. -#}
{% macro take_up_units(selects) -%}
    create temporary table taken_up on commit drop as
    {{ selects | join('\nunion\n') }};
    analyze taken_up;
{%- endmacro %}

{#- What meta.changes tells of one model, as a list. -#}
{% macro entries_of(told) -%}
    {{ return([told] if told is mapping else [{}] if told is none else told) }}
{%- endmacro %}

{#- The parts of its units that changes of a model may lead to apart from the others, and beside them the whole. -#}
{% macro parts_of_units() -%}
    {%- set parts = [] -%}
    {%- for told in model.config.meta.changes.values() -%}
        {%- do parts.extend(entries_of(told) | map(attribute='part') | select) -%}
    {%- endfor -%}
    {%- if 'whole' in parts -%}
        {%- do exceptions.raise_compiler_error("meta.changes of " ~ model.name ~ " calls a part `whole`: that is all of a row.") -%}
    {%- endif -%}
    {{ return((parts + ['whole']) | unique | list if parts else []) }}
{%- endmacro %}

{#- Some units, a row for each of these parts. -#}
{% macro units_with_parts(units, parts) -%}
    {%- if not parts -%}
        {{ return(units) }}
    {%- endif -%}
    select
        units.*,
        parts.part
    from ({{ units }}) as units
    cross join (values ('{{ parts | join("'), ('") }}')) as parts (part)
{%- endmacro %}

{% macro unit_columns() -%}
    {{ return(model.config.meta.unit or []) }}
{%- endmacro %}

{#- The units that changes of a model lead to, as selects. -#}
{% macro changed_units(name, how) -%}
    {%- set unit = unit_columns() -%}
    {%- set selects = [] -%}
    {%- if not unit -%}
        {%- do selects.append(changed_values(name, ['true'], ['whole'], how)) -%}
    {%- endif -%}
    {%- if how.each -%}
        {%- set each_of = modules.re.search('as ([a-z_]+) [(][^()]+[)]$', how.each | trim).group(1) -%}
        {%- do selects.append(
            "select " ~ each_of ~ "." ~ unit | join(', ' ~ each_of ~ '.') ~ " from " ~ changes_of(name)
            ~ " as changed cross join " ~ how.each
        ) -%}
    {%- endif -%}
    {%- for expressions in (how.as or [unit]) if unit and not how.each -%}
        {%- if not how.through -%}
            {%- do selects.append(changed_values(name, expressions, unit, how)) -%}
        {%- else -%}
            {%- set on = how.on or {} -%}
            {%- if how.later and (how.on is mapping or not how.on or how.where or how.known or how.columns) -%}
                {%- do exceptions.raise_compiler_error(
                    "meta.changes of " ~ model.name ~ ": besides `part`, `later` goes with `through` and a list `on` alone."
                ) %}
            {%- endif -%}
            {%- set met = "exists (" ~ changed_values(name, ['true'], ['met'], how) ~ ")" -%}
            {%- if how.later -%}
                {%- set met = later_than_changes(name, how) -%}
            {%- elif on is mapping and on -%}
                {%- set met = "(" ~ on.keys() | join(', ') ~ ") in ("
                    ~ changed_values(name, on.values() | list, on.keys() | list, how) ~ ")" -%}
            {%- elif on -%}
                {%- set met = "(" ~ on | join(', ') ~ ") in (" ~ changed_values(name, on, on, how) ~ ")" -%}
            {%- endif -%}
            {%- set named = [] -%}
            {%- for expression in expressions -%}
                {%- do named.append(expression ~ " as " ~ unit[loop.index0]) -%}
            {%- endfor -%}
            {%- do selects.append("select " ~ named | join(', ') ~ " from " ~ ref(how.through) ~ " as through where " ~ met) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(selects) }}
{%- endmacro %}

{#- Whether a row of `through` has the values of a change in its columns `on`, and a later day. The first of the days is
    looked up before, for a plan hangs on how much of `through` is later. -#}
{% macro later_than_changes(name, how) -%}
    {%- set first_day = run_query("select min(" ~ how.later ~ ") from " ~ changes_of(name) ~ " as changed").rows[0][0] -%}
    {%- if not first_day -%}
        {{ return('false') }}
    {%- endif -%}
    through.{{ how.later }} > '{{ first_day }}'
    and exists (
        select
        from (
            select
                {{ how.on | join(', ') }},
                min({{ how.later }}) as first_day
            from {{ changes_of(name) }} as changed
            group by {{ how.on | join(', ') }}
        ) as earlier
        where
            {% for column in how.on %}through.{{ column }} = earlier.{{ column }} and {% endfor -%}
            through.{{ how.later }} > earlier.first_day
    )
{%- endmacro %}

{#- The values of some expressions, by those names, over the changed rows of a model. -#}
{% macro changed_values(name, expressions, names, how) -%}
    {%- set named, grouped = [], [] -%}
    {%- for expression in expressions -%}
        {%- do named.append(expression ~ " as " ~ names[loop.index0]) -%}
        {%- if not expression.startswith("'") and expression != 'true' -%}
            {%- do grouped.append(expression) -%}
        {%- endif -%}
    {%- endfor -%}
    select {{ named | join(', ') }}
    from {{ changes_of(name) }} as changed
    {%- set conditions = [how.where] if how.where else [] %}
    {%- if how.known %}
        {%- do conditions.append("(" ~ names | join(', ') ~ ") in (select " ~ names | join(', ') ~ " from " ~ this ~ ")") %}
    {%- endif %}
    {%- if conditions %}
    where {{ conditions | join(' and ') }}
    {%- endif %}
    {%- if how.columns %}
    group by {{ (grouped + how.columns) | unique | join(', ') }}
    having sum(change) != 0
    {%- endif %}
{%- endmacro %}

{#- The rows of a model that this one reads which went or came since it last did; or since another one, `reader`, did. -#}
{% macro changes_of(name, reader=none) -%}
    (
        select * from {{ changes_relation(name) }}
        where step > (
            select read_to from {{ increments_relation('model_reads') }}
            where model = '{{ reader or remembered_name(model) }}' and source = '{{ name }}'
        )
    )
{%- endmacro %}

{#- The same, without rows that came and have gone again since, or went and are back. -#}
{% macro net_changes_of(name) -%}
    {%- set columns = quoted(columns_of(changes_relation(name)) | reject('in', ['change', 'step'])) -%}
    (
        select
            {{ columns }},
            sum(change)::integer as change
        from {{ changes_of(name) }} as changed
        group by {{ columns }}
        having sum(change) != 0
    )
{%- endmacro %}

{#- Whether rows of a model went or came since another one, `reader`, last read it. -#}
{% macro is_behind(reader, name) -%}
    {{ return(execute and run_query("select exists (select from " ~ changes_of(name, reader=reader) ~ " as unread)").rows[0][0]) }}
{%- endmacro %}

{#- Whether a model works on changes in this build, or a test looks at those alone; else at everything. -#}
{% macro by_changes() -%}
    {{ return(follows_changes() if model.resource_type == 'test' else model.resource_type == 'model' and is_incremental()) }}
{%- endmacro %}

{#- The rows of a model with change 1, or, where this one works on changes, those that went (-1) and came (1);
    without `net` also those that did both, which sums do not mind. -#}
{% macro rows_or_changes(name, net=true) -%}
    {%- if by_changes() -%}
    select * from {{ net_changes_of(name) if net else changes_of(name) }} as changed
    {%- else -%}
    select
        *,
        1 as change
    from {{ ref(name) }}
    {%- endif -%}
{%- endmacro %}

{#- Whether a row belongs to a unit that is taken up, or of which this part is; in a table that is made anew, all do. -#}
{% macro is_taken_up(columns=none, part=none) -%}
    {%- if not by_changes() -%}
        true
    {%- elif unit_columns() -%}
        {%- set columns = [columns] if columns is string else columns or unit_columns() -%}
        {%- if part %}{% do require_part(part) %}{% endif -%}
        ({{ columns | join(', ') }}) in (
            select {{ unit_columns() | join(', ') }} from taken_up{{ " where part = '" ~ part ~ "'" if part }}
        )
    {%- else -%}
        exists (select from taken_up)
    {%- endif -%}
{%- endmacro %}

{#- Whether a row belongs to a unit of which this part is not taken up, and others are. -#}
{% macro is_taken_up_without(part, columns=none) -%}
    {%- do require_part(part) -%}
    {%- set unit = unit_columns() | join(', ') -%}
    {%- set columns = [columns] if columns is string else columns or unit_columns() -%}
    ({{ columns | join(', ') }}) in (select {{ unit }} from taken_up except select {{ unit }} from taken_up where part = '{{ part }}')
{%- endmacro %}

{% macro require_part(part) -%}
    {%- if part not in parts_of_units() -%}
        {%- do exceptions.raise_compiler_error("No change in meta.changes of " ~ model.name ~ " leads to a part '" ~ part ~ "'.") -%}
    {%- endif -%}
{%- endmacro %}
