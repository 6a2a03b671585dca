-- Usage of a subscription that is to be billed: of one meter, at one price, in one billing period, which begins at
-- `starts_at`. Usage that comes in late is added to the period that runs. `uniques` is the number of different values, for
-- meters that count those. Once it is billed, or left out of a bill for good, `billed_at` says when, and `order_id` by what.
create table usage_charges (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz not null,
    version bigint not null,
    organization_id uuid not null,
    customer_id uuid not null,
    subscription_id uuid not null references subscriptions (id),
    meter_id uuid not null,
    price_id uuid not null,
    starts_at timestamptz not null,
    events bigint not null,
    total text not null,
    largest text,
    smallest text,
    uniques bigint not null,
    billed_at timestamptz,
    order_id uuid
);
create unique index usage_charges_pending on usage_charges (subscription_id, meter_id, price_id, starts_at)
    where billed_at is null;
create index usage_charges_customer on usage_charges (customer_id, organization_id, created_at, id);

-- The different values among usage that is not billed yet.
create table usage_charge_values (
    id uuid not null primary key,
    charge_id uuid not null,
    value text not null
);
create unique index usage_charge_values_place on usage_charge_values (charge_id, value);

-- Whether an organization has metered prices at all.
create index product_prices_metered on product_prices (organization_id) where meter_id is not null;
