{#- Warns of every column of a table that is filled less than its meta.expected_population says, by
    the rule of is_filled_enough: what the feed sends it may stop sending. With
    var enforce_expected_population it fails.

    `dbt test` counts all rows. In a build, with `in_total`, the rows were counted in
    int_table_population, with `by_day` day by day in int_feed_population. A column of which int_feed_changes then says that it has dried up is left to
    feed_fields_dried_up, which names the day. When the shares are enforced it fails here, unless its
    meta.sent_before is within a week of that day: then the feed is known to have stopped, and only
    races before count. -#}
{% test expected_population(model, by_day=false, in_total=false) %}

{{ config(severity='error' if var('enforce_expected_population') else 'warn') }}

{%- set underfilled = [] -%}
{%- set counts = ref('int_feed_population') if by_day else ref('int_table_population') if in_total else none -%}
{%- set changes = ref('int_feed_changes') if by_day else none -%}
{%- if execute and flags.WHICH in ('build', 'test') and not is_passed_still() -%}
    {%- set dried_up = {} -%}
    {%- if by_day -%}
        {%- for row in run_query(
            "select table_name || '.' || column_name as field, changed_on, told from " ~ changes
            ~ " where is_dried_up"
        ) -%}
            {%- do dried_up.update({row['field']: row}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set columns = {} -%}
    {%- for column in population_columns(model_of(model), 'expected_population') -%}
        {%- do columns.update({column.name: column}) -%}
    {%- endfor -%}
    {%- if by_day and flags.WHICH == 'build' -%}
        {%- set measured = measured_by_day(model, counts) -%}
    {%- elif in_total and flags.WHICH == 'build' -%}
        {%- set measured = measured_in_total(model, counts) -%}
    {%- else -%}
        {%- set measured = measured_population(model, 'expected_population') -%}
    {%- endif -%}
    {%- for row in measured -%}
        {%- set column = columns[row['column_name']] -%}
        {%- set change = dried_up.get(column.follows or model.identifier ~ '.' ~ column.name) -%}
        {%- set is_known = change and column.sent_before
            and (change['changed_on'] - modules.datetime.date.fromisoformat(column.sent_before)).days | abs <= 7 -%}
        {%- if change and not is_known -%}
            {%- if var('enforce_expected_population') and not column.follows -%}
                {%- do underfilled.append(row) -%}
                {%- do exceptions.warn(change['told']) -%}
            {%- endif -%}
        {%- elif not row['is_enough'] -%}
            {%- do underfilled.append(row) -%}
            {%- do exceptions.warn(told_population(model, row)) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}

{{ population_rows(underfilled) }}

{% endtest %}
