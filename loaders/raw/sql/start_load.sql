insert into raw.loads (
    resources, date_from, date_to, regions, base_url, simulated_world, plan, started_at, outcome
)
values (
    %(resources)s,
    %(date_from)s,
    %(date_to)s,
    %(regions)s,
    %(base_url)s,
    %(simulated_world)s,
    %(plan)s,
    clock_timestamp(),
    'running'
)
returning load_id
