-- What Till did, in the stream of usage events. It is no usage: a table of its own is counted by no meter and billed to
-- nobody, and costs events that come in nothing. Ids follow from the journal's entries that tell of it, and have their order.
create table system_events (
    id uuid not null primary key,
    organization_id uuid not null,
    timestamp timestamptz not null,
    name text not null,
    customer_id uuid,
    external_customer_id text,
    member_id uuid,
    metadata json not null
);
create index system_events_timestamp on system_events (organization_id, timestamp, id);
create index system_events_name on system_events (organization_id, name, timestamp, id);
create index system_events_customer on system_events (customer_id, organization_id, timestamp, id)
    where customer_id is not null;
create index system_events_external_customer
    on system_events (external_customer_id, organization_id, timestamp, id)
    where external_customer_id is not null;

-- How often each name occurred.
create table system_event_types (
    id uuid not null primary key,
    version bigint not null,
    organization_id uuid not null,
    name text not null,
    occurrences bigint not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null
);
create unique index system_event_types_name on system_event_types (organization_id, name);

-- How far an organization's journal was read: the last entry, and the last behind which none can arrive late any more.
-- Entries from before are not told of: the rows that they were about have changed since.
create table journal_positions (
    id uuid not null primary key,
    version bigint not null,
    sequence bigint not null,
    swept bigint not null
);
insert into journal_positions (id, version, sequence, swept)
    select o.id, 1, coalesce((select max(j.sequence) from journal j where j.organization_id = o.id), 0),
        coalesce((select max(j.sequence) from journal j where j.organization_id = o.id), 0)
    from organizations o;

-- What the rows that an entry is about do not say afterwards.
alter table journal add column facts json;
