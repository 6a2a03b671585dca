-- What happened, one slim row each, whether or not anybody is told. No foreign key: the row is written with
-- the rows it tells of, and this insert is on the way of every change.
create table events (
    id uuid not null,
    sequence bigint not null,
    created_at timestamptz not null,
    organization_id uuid not null,
    kind text not null,
    subject_id uuid not null,
    -- In the order of reading, so that no further index is kept; with the kind, so that a list of one kind is
    -- found without reading the rows of the others.
    primary key (organization_id, sequence, kind, id)
);
create index events_subject on events (subject_id, sequence);

-- All events of a subject, not only the waiting ones: what was delivered is part of its history.
drop index webhook_events_subject;
create index webhook_events_subject on webhook_events (subject_id);

-- Figures are read from the index alone; `status` is a column of it because SQLite looks it up otherwise.
create index orders_figures on orders (organization_id, currency, created_at, net_amount, status)
    where status in ('paid', 'refunded', 'partially_refunded');
create index checkouts_succeeded on checkouts (organization_id, created_at, status) where status = 'succeeded';
