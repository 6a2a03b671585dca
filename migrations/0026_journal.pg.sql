-- Our own record of what happened is the journal: the name `events` is for usage events. A node of an older version
-- goes on through the view, which reads and writes the same table; it goes once no such node can be left.
alter table events rename to journal;
alter index events_subject rename to journal_subject;
alter index events_pkey rename to journal_pkey;
create view events as select id, sequence, created_at, organization_id, kind, subject_id from journal;
