{#- What a day's rows of one of feed_tables are, in short: the columns that are told about and which
    rows can have a value in each, how many rows there are, when they changed, how many values they
    have. Counts of a day with the same signature need not be made again. -#}
{% macro feed_signature(table) -%}
    {%- set columns = feed_columns(table) -%}
    {%- set row_plan = feed_row_plan(table) -%}
    {%- set changed_at = 'captured_at' if table == 'ra_runner_odds' else 'updated_at' -%}
    md5(concat_ws(
            '|',
            '{{ local_md5(columns | string) }}',
            {{ reading_version() }},
            {% for column in columns if column.population_where or column.plan -%}
            count(*) filter (where {{ can_be_filled(column, none, row_plan) }}),
            {% endfor -%}
            count(*),
            sum({{ changed_at }} - timestamptz '2000-01-01'),
            sum(num_nonnulls({{ columns | map(attribute='name') | join(', ') or changed_at }}))
        ))
{%- endmacro %}

{#- Whether a day of int_feed_days is yet to be counted. -#}
{% macro is_uncounted(days) -%}
    {%- if is_incremental() -%}
    not exists (
            select 1
            from {{ this }} as counted
            where counted.table_name = {{ days }}.table_name
                and counted.race_date = {{ days }}.race_date
                and counted.signature = {{ days }}.signature
        )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{#- Pre-hook: drops the counts of days that are gone, or have another signature. -#}
{% macro delete_changed_days() -%}
    {%- if is_incremental() %}
    delete from {{ this }} as counted
    where not exists (
        select 1
        from {{ ref('int_feed_days').render() }} as days
        where days.table_name = counted.table_name
            and days.race_date = counted.race_date
            and days.signature = counted.signature
    )
    {%- endif %}
{%- endmacro %}

{#- The counts of one of feed_tables, `relation`, for the days of it that the CTE days has: one row
    per column and day on which some row can have a value. -#}
{% macro feed_counts(table, relation, race_id, race_date) -%}
    {%- set columns = feed_columns(table) -%}
    {%- set uncounted -%}
        (
            select * from {{ relation }}
            where {{ race_date }} in (select days.race_date from days where days.table_name = '{{ table }}')
        ) as uncounted
    {%- endset -%}
    select
        '{{ table }}' as table_name,
        counts.race_date,
        columns.*
    from (
        with

        {{ counts_by_day(uncounted, columns, race_id, race_date, feed_row_plan(table)) | indent(8) }}

        select * from by_day
    ) as counts
    cross join lateral (
        values
        {%- for column in columns %}
        ('{{ column.name }}', counts.eligible_{{ loop.index }}, counts.filled_{{ loop.index }}, counts.races_{{ loop.index }})
        {%- if not loop.last %},{% endif %}
        {%- else %}
        (null, 0, 0, 0)
        {%- endfor %}
    ) as columns (column_name, eligible, filled, races)
    where columns.eligible > 0
{%- endmacro %}
