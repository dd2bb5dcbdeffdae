-- A role for each thing that is done with Studbook: studbook_loader loads raw, studbook_dbt builds
-- racing and racing_staging from it, studbook_reader reads all three. For a superuser. It may be
-- run again at any time, and has to be after `studbook db reset`, which drops the schemas, and
-- after somebody else has loaded or built, who then owns what only these two may replace.
--
-- The roles have no passwords. psql's \password studbook_loader sets one that no log shows.
--
-- Nothing is revoked from PUBLIC, on which other users of the database may rely. On PostgreSQL 14
-- everybody may therefore make tables in the schema public, a reader too; this ends it:
--     revoke create on schema public from public;

begin;

select set_config('studbook.database', {name}, true);

do $$
declare
    wanted text := current_setting('studbook.database');
    role_name text;
begin
    if current_database() <> wanted then
        raise exception 'These grants are for the database %: connect to it instead of %.',
            wanted, current_database();
    end if;
    foreach role_name in array array['studbook_loader', 'studbook_dbt', 'studbook_reader'] loop
        if to_regrole(role_name) is null then
            execute format('create role %I login', role_name);
        end if;
    end loop;
end
$$;

grant connect on database {database} to studbook_loader, studbook_dbt, studbook_reader;
-- dbt fills a temporary table before it appends from it.
grant temporary on database {database} to studbook_dbt;
-- It may write nothing anyway; this also keeps it from making tables of its own by mistake.
alter role studbook_reader set default_transaction_read_only = on;

create schema if not exists raw;
create schema if not exists racing;
create schema if not exists racing_staging;
alter schema raw owner to studbook_loader;
alter schema racing owner to studbook_dbt;
alter schema racing_staging owner to studbook_dbt;

-- What was loaded and built before becomes theirs, too.
do $$
declare
    present record;
begin
    for present in
        select
            class.oid::regclass as relation,
            schemas.owner
        from (
            values
            ('raw', 'studbook_loader'),
            ('racing', 'studbook_dbt'),
            ('racing_staging', 'studbook_dbt')
        ) as schemas (name, owner)
        inner join pg_class as class on class.relnamespace = schemas.name::regnamespace
        where class.relkind in ('r', 'p', 'v', 'm', 'f')
            and pg_get_userbyid(class.relowner) <> schemas.owner
    loop
        execute format('alter table %s owner to %I', present.relation, present.owner);
    end loop;
end
$$;

grant usage on schema raw to studbook_dbt, studbook_reader;
grant select on all tables in schema raw to studbook_dbt, studbook_reader;
alter default privileges for role studbook_loader in schema raw
grant select on tables to studbook_dbt, studbook_reader;

-- What the one who runs this makes there, in a build of his own, can be read too.
alter default privileges in schema raw grant select on tables to studbook_dbt, studbook_reader;
alter default privileges in schema racing, racing_staging
grant select on tables to studbook_reader;

-- dbt replaces its tables in every build; the default privileges are those of the new ones.
grant usage on schema racing, racing_staging to studbook_reader;
grant select on all tables in schema racing, racing_staging to studbook_reader;
alter default privileges for role studbook_dbt in schema racing, racing_staging
grant select on tables to studbook_reader;

commit;
