-- Alerts are sent when something begins to be wrong and when it ends, so what was sent is kept.
create table raw.alerts (
    alert_id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    what text not null,
    since timestamptz not null,
    look text not null,
    told_at timestamptz not null,
    ended_at timestamptz
);

create unique index alerts_going_on on raw.alerts (kind, subject)
where ended_at is null;

comment on table raw.alerts is 'One row for each thing that was wrong and was told of.';
comment on column raw.alerts.kind is
'failed (a step of a run), rejected, stale, dried_up, no_races, or unseen.';
comment on column raw.alerts.subject is 'What is wrong: a step, a source, a day of it, a column.';
comment on column raw.alerts.what is 'The sentence that was sent when it began.';
comment on column raw.alerts.since is 'Since when it was wrong.';
comment on column raw.alerts.look is 'The command to look further.';
comment on column raw.alerts.told_at is 'When its beginning was sent.';
comment on column raw.alerts.ended_at is 'When its end was sent; null while it goes on.';

-- Whoever owns the log of loads, or may read or write it, does so with what was told.
do $$
declare
    given record;
begin
    for given in
        select quote_ident(pg_get_userbyid(relowner)) as owner
        from pg_class
        where oid = 'raw.loads'::regclass and pg_get_userbyid(relowner) <> current_user
    loop
        execute format('alter table raw.alerts owner to %s', given.owner);
    end loop;
    for given in
        select
            rights.privilege_type,
            case rights.grantee
                when 0 then 'public' else quote_ident(pg_get_userbyid(rights.grantee))
            end as grantee
        from pg_class as class
        cross join aclexplode(class.relacl) as rights
        where class.oid = 'raw.loads'::regclass and rights.grantee <> class.relowner
    loop
        execute format('grant %s on raw.alerts to %s', given.privilege_type, given.grantee);
    end loop;
end
$$;
