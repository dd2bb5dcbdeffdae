-- What a load can see depends on the account's plan.
alter table raw.loads add column plan text check (plan in ('free', 'basic', 'standard', 'pro'));

comment on column raw.loads.plan is 'The plan of the account; null before it was looked at.';
comment on table raw.racecards is
'One row a race, as /v1/racecards/pro, or that of a smaller plan, sent it last.';
comment on table raw.results is
'One row a race, as /v1/results, or that of a smaller plan, sent it last.';
comment on table raw.horses is
'One row a horse, its profile as /v1/horses/{id}/pro, or /standard, sends it.';
