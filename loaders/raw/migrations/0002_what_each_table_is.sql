-- psql's \dt+ raw.* and \d+ raw.results tell it where somebody looks.
-- The schema may be somebody else's.
do $$
begin
    if (
        select pg_has_role(nspowner, 'usage')
        from pg_namespace
        where nspname = 'raw'
    ) then
        comment on schema raw is
        'Objects of The Racing API as received; studbook load alone writes here.';
    end if;
end
$$;

comment on table raw.regions is 'One row a region, as /v1/courses/regions sends it.';
comment on table raw.courses is 'One row a course, as /v1/courses sends it.';
comment on table raw.racecards is 'One row a race, as /v1/racecards/pro sent it last.';
comment on table raw.results is 'One row a race, as /v1/results sent it last.';
comment on table raw.horses is 'One row a horse, its profile as /v1/horses/{id}/pro sends it.';
comment on table raw.loads is 'One row a load: what was asked for, when, and how it ended.';
comment on table raw.load_days is 'One row a load, resource and day: what became of its objects.';
comment on table raw.rejects is 'Objects that could not land, as received, each with the reason.';
comment on table raw.not_found is 'Keys that the API did not know, and when it was last asked.';
comment on table raw.migrations is 'The changes of this schema that this database has seen.';

comment on column raw.racecards.first_landed_at is 'When the race was first landed.';
comment on column raw.racecards.changed_at is 'When its payload last changed.';
comment on column raw.racecards.withdrawn_at is 'Since when the API no longer lists it, or null.';
comment on column raw.racecards.load_id is 'The load that last changed it.';
comment on column raw.results.first_landed_at is 'When the race was first landed.';
comment on column raw.results.changed_at is 'When its payload last changed.';
comment on column raw.results.withdrawn_at is 'Since when the API no longer lists it, or null.';
comment on column raw.results.load_id is 'The load that last changed it.';
