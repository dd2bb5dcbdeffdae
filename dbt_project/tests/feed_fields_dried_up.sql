{{ config(severity='warn') }}

{#- A field that dried up longer ago is history, which `studbook status` still tells. -#}
{%- set recent = 'is_dried_up and ' ~ in_last_days('changed_on', 365) -%}
{%- set changes = ref('int_feed_changes') -%}
{%- if execute and flags.WHICH in ('build', 'test') -%}
    {%- for row in run_query('select told from ' ~ changes ~ ' where ' ~ recent ~ ' order by told') -%}
        {%- do exceptions.warn(row['told']) -%}
    {%- endfor -%}
{%- endif -%}

-- Fields that the feed has stopped sending, or sends half as often as before, within a year up to
-- as_of_date.
select
    table_name,
    column_name,
    changed_on,
    share_before,
    share_since
from {{ changes }}
where {{ recent }}
