-- Grants of benefits: one row for each benefit that somebody has from one subscription, or from one order, used again
-- when it is granted again. `position` is the benefit's place in the product, and `cycles` the number of paid renewals
-- that began since it was granted and were told of.
create table benefit_grants (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    member_id uuid,
    benefit_id uuid not null references benefits (id),
    subscription_id uuid references subscriptions (id),
    order_id uuid references orders (id),
    granted_at timestamptz,
    revoked_at timestamptz,
    properties json not null,
    position bigint not null,
    cycles bigint not null
);
create unique index benefit_grants_scope on benefit_grants ((coalesce(subscription_id, order_id)), benefit_id, (coalesce(member_id, customer_id)));
create index benefit_grants_created on benefit_grants (organization_id, created_at);
create index benefit_grants_customer on benefit_grants (customer_id, organization_id, created_at);
create index benefit_grants_benefit on benefit_grants (benefit_id, organization_id, created_at);
