-- Jobs of the most important queue (the lowest number) are claimed first, of one queue the earliest. A node of an older
-- version names no queue: what it asks for counts as most important, so that no purchase waits.
alter table jobs add column queue bigint not null default 0;
drop index jobs_due;
create index jobs_due on jobs (queue, run_at, id) where buried is null;
