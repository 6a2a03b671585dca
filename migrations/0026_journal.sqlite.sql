-- Our own record of what happened is the journal: the name `events` is for usage events. A program of an older version
-- goes on through the view, which reads and writes the same table; it goes once no such program can be left.
alter table events rename to journal;
drop index events_subject;
create index journal_subject on journal (subject_id, sequence);
create view events as select id, sequence, created_at, organization_id, kind, subject_id from journal;
create trigger events_inserted instead of insert on events begin
    insert into journal (id, sequence, created_at, organization_id, kind, subject_id)
    values (new.id, new.sequence, new.created_at, new.organization_id, new.kind, new.subject_id);
end;
create trigger events_deleted instead of delete on events begin
    delete from journal where organization_id = old.organization_id and sequence = old.sequence
        and kind = old.kind and id = old.id;
end;
