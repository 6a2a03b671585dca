-- Renewals: the moment at which anything is due for a subscription, its pauses, its cancellation's reason, a change that
-- waits for the end of the period, and the attempt that charges a change at once.
alter table subscriptions add column base_amount bigint not null default 0;
alter table subscriptions add column past_due_at timestamptz;
alter table subscriptions add column pause_at_period_end boolean not null default false;
alter table subscriptions add column paused_at timestamptz;
alter table subscriptions add column resumes_at timestamptz;
alter table subscriptions add column customer_cancellation_reason text;
alter table subscriptions add column customer_cancellation_comment text;
alter table subscriptions add column pending_update json;
alter table subscriptions add column attempt_id uuid;
alter table subscriptions add column next_due_at timestamptz;
update subscriptions set base_amount = amount;
update subscriptions set next_due_at = current_period_end where status in ('trialing', 'active', 'past_due');
-- What is due is found without a look at what is not.
create index subscriptions_due on subscriptions (next_due_at) where next_due_at is not null;
create index subscriptions_due_of on subscriptions (organization_id, next_due_at) where next_due_at is not null;

alter table orders add column applied_balance_amount bigint not null default 0;
alter table orders add column next_payment_attempt_at timestamptz;
alter table orders add column failed_payments bigint not null default 0;
-- The orders of a subscription that wait for their payment.
create index orders_unpaid on orders (subscription_id, created_at) where status = 'pending' and subscription_id is not null;

-- Lines of a change in the middle of a period, which wait for the next order of their subscription.
create table billing_entries (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    subscription_id uuid not null references subscriptions (id),
    label text not null,
    amount bigint not null,
    currency text not null,
    price_id uuid,
    starts_at timestamptz not null,
    ends_at timestamptz not null
);
create index billing_entries_subscription on billing_entries (subscription_id, created_at);

-- A customer's balance in a currency: credit where it is positive, debt where it is negative; always the sum of its
-- entries.
create table customer_balances (
    id uuid not null primary key,
    created_at timestamptz not null,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    currency text not null,
    amount bigint not null
);
create unique index customer_balances_customer on customer_balances (customer_id, currency);
create table balance_entries (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    currency text not null,
    amount bigint not null,
    kind text not null,
    order_id uuid references orders (id)
);
create index balance_entries_customer on balance_entries (customer_id, created_at);
create index balance_entries_order on balance_entries (order_id) where order_id is not null;
