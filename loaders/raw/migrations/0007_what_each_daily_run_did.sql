-- A run of `studbook daily` or `studbook weekly`, and its steps.
create table raw.runs (
    run_id bigint generated always as identity primary key,
    kind text not null check (kind in ('daily', 'weekly')),
    started_at timestamptz not null,
    finished_at timestamptz,
    outcome text not null check (
        outcome in ('running', 'success', 'partial', 'failed', 'interrupted')
    ),
    log_file text not null
);

create table raw.run_steps (
    run_id bigint not null references raw.runs,
    step text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    outcome text not null check (
        outcome in ('running', 'success', 'partial', 'failed', 'interrupted', 'passed over')
    ),
    message text,
    primary key (run_id, step)
);

comment on table raw.runs is 'One run of `studbook daily` or `studbook weekly`.';
comment on column raw.runs.finished_at is 'Null while it goes on, and where it was killed.';
comment on column raw.runs.log_file is 'The file with all that its steps printed.';
comment on table raw.run_steps is 'One step of a run, and what became of it.';
comment on column raw.run_steps.step is 'What it does, such as results or build.';
comment on column raw.run_steps.finished_at is 'Null while it goes on, and where it was killed.';
comment on column raw.run_steps.message is
'What went wrong, or was worth a word; null where there is nothing to say.';

-- Whoever owns, writes or reads the log of loads does so with that of runs.
do $$
declare
    given record;
begin
    for given in
        select
            logs.name,
            quote_ident(pg_get_userbyid(class.relowner)) as owner
        from (values ('runs'), ('run_steps')) as logs (name)
        cross join pg_class as class
        where class.oid = 'raw.loads'::regclass and pg_get_userbyid(class.relowner) <> current_user
    loop
        execute format('alter table raw.%I owner to %s', given.name, given.owner);
    end loop;
    for given in
        select
            logs.name,
            rights.privilege_type,
            case rights.grantee
                when 0 then 'public' else quote_ident(pg_get_userbyid(rights.grantee))
            end as grantee
        from (values ('runs'), ('run_steps')) as logs (name)
        cross join pg_class as class
        cross join aclexplode(class.relacl) as rights
        where class.oid = 'raw.loads'::regclass and rights.grantee <> class.relowner
    loop
        execute format('grant %s on raw.%I to %s', given.privilege_type, given.name, given.grantee);
    end loop;
end
$$;
