-- A simulator says so itself, in each answer. Before it did, its address told: on this machine,
-- under the name of its world. A tunnel to the real API has no such path.
alter table raw.loads add column simulated_world text;

update raw.loads set
    simulated_world = substring(
        base_url from '(?i)^https?://(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?/+(.*[^/])/*$'
    );

comment on column raw.loads.simulated_world is
'The simulated world whose objects came; null for the real API, and where nothing came.';
