insert into raw.load_days (load_id, {columns}, finished_at)
values (%(load_id)s, {values}, clock_timestamp())
on conflict (load_id, resource, coalesce(day, '-infinity'::date)) do update set
    ({columns}, finished_at) = ({excluded}, excluded.finished_at)
