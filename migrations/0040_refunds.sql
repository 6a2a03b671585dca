-- Refunds of orders, and disputes. What older versions wrote gives back money with which nothing was bought.
alter table refunds add column tax_amount bigint not null default 0;
alter table refunds add column order_id uuid references orders (id);
alter table refunds add column customer_id uuid references customers (id);
alter table refunds add column subscription_id uuid references subscriptions (id);
alter table refunds add column dispute_id uuid;
alter table refunds add column comment text;
alter table refunds add column revoke_benefits boolean not null default false;
alter table refunds add column metadata json not null default '{}';
-- Those that are shown have an order, and one of some states: a list finds and counts them in one index.
create index refunds_created on refunds (organization_id, created_at, state, order_id) where order_id is not null;
create index refunds_order on refunds (order_id, organization_id, created_at, state) where order_id is not null;
create index refunds_customer on refunds (customer_id, organization_id, created_at, state, order_id)
    where customer_id is not null;
create index refunds_subscription on refunds (subscription_id, organization_id, created_at, state, order_id)
    where subscription_id is not null;
-- One that was made at the processor is written down once.
create unique index refunds_reference on refunds (processor, reference) where reference is not null;

alter table orders add column refunded_amount bigint not null default 0;
alter table orders add column refunded_tax_amount bigint not null default 0;

create table disputes (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    payment_id uuid not null references payments (id),
    order_id uuid not null references orders (id),
    customer_id uuid not null references customers (id),
    processor text not null,
    reference text not null,
    status text not null,
    amount bigint not null,
    tax_amount bigint not null,
    currency text not null,
    reason text,
    evidence_due_by timestamptz,
    opened_at timestamptz not null
);
create unique index disputes_reference on disputes (processor, reference);
create index disputes_created on disputes (organization_id, created_at);
create index disputes_order on disputes (order_id);
create index disputes_payment on disputes (payment_id);

-- A charge is found by the processor's name for it when the processor tells of it. Making this walks through payments.
create index payments_reference on payments (reference) where reference is not null;
create index payment_methods_reference on payment_methods (reference);
