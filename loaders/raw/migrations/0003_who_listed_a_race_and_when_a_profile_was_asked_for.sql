-- A race belongs to the day that listed it, whatever its own date says; null is its own date.
alter table raw.racecards add column listed_on date;
alter table raw.results add column listed_on date;

create index racecards_listed_on on raw.racecards (listed_on)
where listed_on is not null;
create index results_listed_on on raw.results (listed_on)
where listed_on is not null;

comment on column raw.racecards.listed_on is 'The day whose list it stands in, if not race_date.';
comment on column raw.results.listed_on is 'The day whose list it stands in, if not race_date.';

-- Profiles are asked for again: the time when each was last received, changed or not.
alter table raw.horses add column checked_at timestamptz;

update raw.horses set checked_at = changed_at;

comment on column raw.horses.checked_at is 'When the profile was last received, changed or not.';
