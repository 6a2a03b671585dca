-- Discounts. `code_key` is the code in lower case, which is compared.
create table discounts (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    kind text not null,
    name text not null,
    code text,
    code_key text,
    duration text not null,
    duration_in_months bigint,
    basis_points bigint,
    amounts json,
    starts_at timestamptz,
    ends_at timestamptz,
    max_redemptions bigint,
    max_redemptions_per_customer bigint,
    redemptions_count bigint not null,
    product_ids json not null,
    metadata json not null,
    deleted_at timestamptz
);
create unique index discounts_code on discounts (organization_id, code_key)
    where deleted_at is null and code_key is not null;
create index discounts_created on discounts (organization_id, created_at, deleted_at)
    where deleted_at is null;

-- One row per session that uses a discount, from its confirmation on. `email_key` is the address without
-- its tag, in lower case.
create table discount_redemptions (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    discount_id uuid not null references discounts (id),
    checkout_id uuid not null references checkouts (id),
    subscription_id uuid,
    customer_id uuid,
    email_key text,
    card_fingerprint text
);
create unique index discount_redemptions_checkout on discount_redemptions (checkout_id);
create index discount_redemptions_customer on discount_redemptions (discount_id, customer_id);
create index discount_redemptions_email on discount_redemptions (discount_id, email_key);
create index discount_redemptions_card on discount_redemptions (discount_id, card_fingerprint);

-- Who has had a trial of the organization.
create table trial_redemptions (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    product_id uuid not null references products (id),
    email_key text not null,
    card_fingerprint text
);
create index trial_redemptions_email on trial_redemptions (organization_id, email_key);
create index trial_redemptions_card on trial_redemptions (organization_id, card_fingerprint);

create table checkout_links (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    client_secret text not null,
    label text,
    product_ids json not null,
    allow_discount_codes boolean not null,
    require_billing_address boolean not null,
    discount_id uuid,
    seats bigint,
    success_url text,
    return_url text,
    trial_interval text,
    trial_interval_count bigint,
    metadata json not null,
    require_signature boolean not null,
    signing_secret text not null,
    deleted_at timestamptz
);
create unique index checkout_links_secret on checkout_links (client_secret);
create index checkout_links_created on checkout_links (organization_id, created_at, deleted_at)
    where deleted_at is null;

-- `price_ids`: the prices that make up the amount, archived since or not.
alter table checkouts add column price_ids json not null default '[]';
alter table checkouts add column ad_hoc boolean not null default false;
alter table checkouts add column seats bigint;
alter table checkouts add column min_seats bigint;
alter table checkouts add column max_seats bigint;
alter table checkouts add column discount_id uuid;
alter table checkouts add column discount_amount bigint not null default 0;
alter table checkouts add column tax_breakdown json;
alter table checkouts add column trial_interval text;
alter table checkouts add column trial_interval_count bigint;
alter table checkouts add column trial_end timestamptz;
alter table checkouts add column custom_field_data json not null default '{}';
alter table checkouts add column checkout_link_id uuid;

alter table payments add column card_fingerprint text;

alter table subscriptions add column discount_id uuid;
alter table subscriptions add column discount_applied_at timestamptz;
alter table subscriptions add column seats bigint;
alter table subscriptions add column trial_start timestamptz;
alter table subscriptions add column trial_end timestamptz;
alter table subscriptions add column tax_behavior text;
alter table subscriptions add column custom_field_data json not null default '{}';
create index subscriptions_discount on subscriptions (discount_id, organization_id, started_at)
    where discount_id is not null;

alter table orders add column discount_id uuid;
alter table orders add column seats bigint;
alter table orders add column tax_behavior text;
alter table orders add column tax_breakdown json;
alter table orders add column custom_field_data json not null default '{}';
create index orders_discount on orders (discount_id, organization_id, created_at)
    where discount_id is not null;
