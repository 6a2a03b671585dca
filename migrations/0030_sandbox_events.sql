-- When the last thing happens of which a record of the sandbox tells: what has happened since a moment is found by it.
alter table sandbox_records add column last_event_at timestamptz;
create index sandbox_events on sandbox_records (last_event_at) where last_event_at is not null;
