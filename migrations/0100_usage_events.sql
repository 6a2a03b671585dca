-- Events of usage, as programs sent them in: they are never changed, only bound to customers and parents that appear
-- later. Ids begin with the time and lie side by side in each request, so that a request's events are a range of ids.
-- What an event refers to was read by the decision: a reference that is checked again for every event costs too much.
create table usage_events (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null,
    timestamp timestamptz not null,
    name text not null,
    customer_id uuid,
    external_customer_id text,
    member_id uuid,
    external_member_id text,
    external_id text,
    parent_id uuid,
    parent_key text,
    metadata json not null
);
create unique index usage_events_external_id on usage_events (organization_id, external_id)
    where external_id is not null;
create index usage_events_timestamp on usage_events (organization_id, timestamp, id);
create index usage_events_name on usage_events (organization_id, name, timestamp, id);
create index usage_events_customer on usage_events (customer_id, organization_id, timestamp, id)
    where customer_id is not null;
create index usage_events_external_customer
    on usage_events (external_customer_id, organization_id, timestamp, id)
    where external_customer_id is not null;
create index usage_events_parent on usage_events (parent_id, organization_id, timestamp, id)
    where parent_id is not null;
-- Those that wait for a customer, or for a parent.
create index usage_events_unbound on usage_events (organization_id, external_customer_id, id)
    where customer_id is null and external_customer_id is not null;
create index usage_events_orphans on usage_events (organization_id, parent_key, id)
    where parent_id is null and parent_key is not null;

-- The events of one request: the range of their ids. `round` is the turn in which they were counted: null until then.
-- `bytes`: about how long their rows are.
create table usage_batches (
    id uuid not null primary key,
    created_at timestamptz not null,
    version bigint not null,
    organization_id uuid not null,
    last_id uuid not null,
    events bigint not null,
    bytes bigint not null,
    round bigint
);
create index usage_batches_new on usage_batches (organization_id, id) where round is null;
create index usage_batches_round on usage_batches (organization_id, round, id) where round is not null;

-- Types of events: one for each name.
create table event_types (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    name text not null,
    label text not null,
    label_property_selector text,
    occurrences bigint not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    name_folded text,
    label_folded text
);
create unique index event_types_name on event_types (organization_id, name);

-- Members by the merchant's own ids, as events name them.
create index customer_members_external on customer_members (organization_id, external_id)
    where external_id is not null;
