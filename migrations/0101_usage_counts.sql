-- How far an organization's events were put into turns: `round` is the last one.
create table usage_streams (
    id uuid not null primary key,
    version bigint not null,
    round bigint not null
);

-- How far a meter has counted: all events of the turns up to `round`, of which its filter chose `events`.
create table meter_folds (
    id uuid not null primary key,
    organization_id uuid not null,
    version bigint not null,
    round bigint not null,
    events bigint not null
);
create index meter_folds_organization on meter_folds (organization_id, round);
insert into meter_folds (id, organization_id, version, round, events)
    select id, organization_id, 1, 0, 0 from meters;

-- What events of a quarter of an hour add up to: of everybody (a subject of zeros), and of each customer.
create table usage_buckets (
    id uuid not null primary key,
    meter_id uuid not null,
    subject_id uuid not null,
    starts_at timestamptz not null,
    events bigint not null,
    total text not null,
    largest text,
    smallest text
);
create unique index usage_buckets_place on usage_buckets (meter_id, subject_id, starts_at);

-- The different values of a quarter of an hour, for meters that count those.
create table usage_values (
    id uuid not null primary key,
    meter_id uuid not null,
    subject_id uuid not null,
    starts_at timestamptz not null,
    value text not null
);
create unique index usage_values_place on usage_values (meter_id, subject_id, starts_at, value);
create index usage_values_value on usage_values (meter_id, subject_id, value);

-- What a customer has used of a meter in all. Units are decimal numbers.
create table customer_meters (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz not null,
    version bigint not null,
    organization_id uuid not null,
    customer_id uuid not null,
    meter_id uuid not null,
    events bigint not null,
    total text not null,
    largest text,
    smallest text,
    uniques bigint not null,
    consumed_units text not null,
    credited_units bigint not null
);
create unique index customer_meters_place on customer_meters (customer_id, meter_id);
create index customer_meters_modified on customer_meters (organization_id, modified_at, id);
create index customer_meters_meter on customer_meters (meter_id, organization_id, modified_at, id);
create index customer_meters_customer on customer_meters (customer_id, organization_id, modified_at, id);
