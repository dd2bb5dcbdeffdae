-- The raw schema: API objects as received, and what every load did. Databases of before there were
-- migrations have all of it already, so it makes only what is missing.

-- Even "if not exists" asks for the right to create schemas, which a role that owns this one may
-- lack.
do $$
begin
    if to_regnamespace('raw') is null then
        create schema raw;
    end if;
end
$$;

create table if not exists raw.migrations (
    number int primary key,
    name text not null,
    applied_at timestamptz not null
);

-- Who may only write to the tables of before has to see that nothing is missing.
grant select on raw.migrations to public;

create table if not exists raw.loads (
    load_id bigint generated always as identity primary key,
    resources text[] not null,
    date_from date,
    date_to date,
    regions text[] not null,
    base_url text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    outcome text not null check (
        outcome in ('running', 'success', 'partial', 'failed', 'interrupted')
    ),
    error text
);

create table if not exists raw.load_days (
    load_id bigint not null references raw.loads,
    resource text not null,
    day date,
    pages int,
    objects_received int,
    objects_new int,
    objects_changed int,
    objects_unchanged int,
    objects_rejected int,
    objects_repeated int,
    failed_requests int,
    complete boolean not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    error text,
    races int,
    horses int,
    prices int,
    bookmakers text[]
);

-- One row per load, resource and day, also where the day is null; "nulls not distinct" needs
-- PostgreSQL 15.
create unique index if not exists load_days_key
on raw.load_days (load_id, resource, coalesce(day, '-infinity'::date));

create index if not exists load_days_resource_day on raw.load_days (resource, day);

create table if not exists raw.rejects (
    reject_id bigint generated always as identity primary key,
    load_id bigint not null references raw.loads,
    resource text not null,
    day date,
    key text,
    reason text not null,
    payload text not null,
    rejected_at timestamptz not null
);

create table if not exists raw.not_found (
    resource text not null,
    key text not null,
    load_id bigint not null references raw.loads,
    checked_at timestamptz not null,
    primary key (resource, key)
);

create table if not exists raw.regions (
    region_code text primary key,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    load_id bigint not null
);

create table if not exists raw.courses (
    course_id text primary key,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    load_id bigint not null
);

create table if not exists raw.horses (
    horse_id text primary key,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    load_id bigint not null
);

create table if not exists raw.racecards (
    race_id text primary key,
    race_date date not null,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    load_id bigint not null
);

create index if not exists racecards_race_date on raw.racecards (race_date);

create table if not exists raw.results (
    race_id text primary key,
    race_date date not null,
    payload jsonb not null,
    first_landed_at timestamptz not null,
    changed_at timestamptz not null,
    withdrawn_at timestamptz,
    load_id bigint not null
);

create index if not exists results_race_date on raw.results (race_date);

-- Newer than the table.
alter table raw.load_days add column if not exists objects_withdrawn int;
