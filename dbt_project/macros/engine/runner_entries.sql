{#- The runners of a landed race, with its off: one row per horse. A corrected race may repeat a
    runner, and its last entry stands. `landed` is a row of raw.results or raw.racecards, `off` the
    name that its payload has for the 12-hour clock. Each payload is taken apart once: without
    `offset 0` PostgreSQL would do it again for every runner. -#}
{% macro runner_entries(landed, off) -%}
    lateral (
        select
            race.off_dt,
            entries.horse_id,
            entries.runner
        from (
            select
                fields.runners,
                {{ off_moment('fields.off_dt', 'fields.' ~ off, landed ~ '.race_date') }} as off_dt
            from jsonb_to_record({{ landed }}.payload) as fields (off_dt text, {{ off }} text, runners jsonb)
            offset 0
        ) as race
        cross join lateral (
            select distinct on (horse_id)
                {{ api_text("entry.value ->> 'horse_id'") }} as horse_id,
                entry.value as runner
            from {{ array_entries('race.runners') }} with ordinality as entry (value, place)
            where {{ api_text("entry.value ->> 'horse_id'") }} is not null
            order by horse_id asc, entry.place desc
        ) as entries
    )
{%- endmacro %}
