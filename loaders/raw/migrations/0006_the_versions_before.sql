-- What a table holds is the last version; those before it stay, so that a build can go on reading
-- raw as it was when it began, and so that what a card said before the race is known after it.

create table raw.racecard_versions (
    race_id text not null,
    race_date date not null,
    listed_on date,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    replaced_at timestamptz not null,
    load_id bigint not null,
    primary key (race_id, changed_at)
);

create index racecard_versions_replaced_at on raw.racecard_versions (replaced_at);

comment on table raw.racecard_versions is
'Rows of raw.racecards as they were from changed_at until replaced_at.';

create table raw.result_versions (
    race_id text not null,
    race_date date not null,
    listed_on date,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    replaced_at timestamptz not null,
    load_id bigint not null,
    primary key (race_id, changed_at)
);

create index result_versions_replaced_at on raw.result_versions (replaced_at);

comment on table raw.result_versions is
'Rows of raw.results as they were from changed_at until replaced_at.';

create table raw.horse_versions (
    horse_id text not null,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    replaced_at timestamptz not null,
    load_id bigint not null,
    primary key (horse_id, changed_at)
);

create index horse_versions_replaced_at on raw.horse_versions (replaced_at);

comment on table raw.horse_versions is
'Rows of raw.horses as they were from changed_at until replaced_at.';

create table raw.course_versions (
    course_id text not null,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    replaced_at timestamptz not null,
    load_id bigint not null,
    primary key (course_id, changed_at)
);

create index course_versions_replaced_at on raw.course_versions (replaced_at);

comment on table raw.course_versions is
'Rows of raw.courses as they were from changed_at until replaced_at.';

create table raw.region_versions (
    region_code text not null,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    replaced_at timestamptz not null,
    load_id bigint not null,
    primary key (region_code, changed_at)
);

create index region_versions_replaced_at on raw.region_versions (replaced_at);

comment on table raw.region_versions is
'Rows of raw.regions as they were from changed_at until replaced_at.';

-- Whoever owns a table, or may read or write it, does so with its versions.
do $$
declare
    given record;
begin
    for given in
        select
            tables.versions,
            quote_ident(pg_get_userbyid(class.relowner)) as owner
        from (
            values
            ('regions', 'region_versions'),
            ('courses', 'course_versions'),
            ('horses', 'horse_versions'),
            ('racecards', 'racecard_versions'),
            ('results', 'result_versions')
        ) as tables (name, versions)
        inner join pg_class as class on class.oid = format('raw.%I', tables.name)::regclass
        where pg_get_userbyid(class.relowner) <> current_user
    loop
        execute format('alter table raw.%I owner to %s', given.versions, given.owner);
    end loop;
    for given in
        select
            tables.versions,
            rights.privilege_type,
            case rights.grantee
                when 0 then 'public' else quote_ident(pg_get_userbyid(rights.grantee))
            end as grantee
        from (
            values
            ('regions', 'region_versions'),
            ('courses', 'course_versions'),
            ('horses', 'horse_versions'),
            ('racecards', 'racecard_versions'),
            ('results', 'result_versions')
        ) as tables (name, versions)
        inner join pg_class as class on class.oid = format('raw.%I', tables.name)::regclass
        cross join aclexplode(class.relacl) as rights
        where rights.grantee <> class.relowner
    loop
        execute format(
            'grant %s on raw.%I to %s', given.privilege_type, given.versions, given.grantee
        );
    end loop;
end
$$;
