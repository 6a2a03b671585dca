-- Members of customers: the people who share what a customer bought, one of them its owner. Customers of before get
-- their owner when one is asked for.
create table customer_members (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    email text not null,
    email_key text not null,
    name text,
    external_id text,
    role text not null
);
create unique index customer_members_email on customer_members (customer_id, email_key);
create unique index customer_members_external_id on customer_members (customer_id, external_id)
    where external_id is not null;
create unique index customer_members_owner on customer_members (customer_id) where role = 'owner';
create index customer_members_created on customer_members (organization_id, created_at, id);
create index customer_members_address on customer_members (organization_id, email_key);
create index customer_members_customer on customer_members (customer_id, created_at, id);
-- The member whom a session belongs to; none: whoever owns the customer.
alter table customer_sessions add column member_id uuid references customer_members (id);
create index customer_sessions_member on customer_sessions (member_id) where member_id is not null;
