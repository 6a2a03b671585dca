-- The merchant, its people and its tokens.
create table organizations (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    name text not null,
    slug text not null,
    email text,
    website text,
    avatar_url text,
    country text,
    status text not null,
    default_currency text not null,
    default_tax_behavior text not null,
    settings json not null,
    details_submitted_at timestamptz
);
create unique index organizations_slug on organizations (slug);

create table users (
    id uuid not null primary key,
    created_at timestamptz not null,
    email text not null
);
create unique index users_email on users (email);

create table members (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    user_id uuid not null references users (id),
    role text not null
);
create unique index members_organization_user on members (organization_id, user_id);

create table access_tokens (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    name text not null,
    token_hash text not null,
    scopes json not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
create unique index access_tokens_hash on access_tokens (token_hash);
create index access_tokens_organization on access_tokens (organization_id);

-- What is sold.
create table products (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    name text not null,
    description text,
    visibility text not null,
    recurring_interval text,
    recurring_interval_count bigint,
    is_archived boolean not null,
    metadata json not null
);
create index products_organization on products (organization_id, created_at);

create table product_prices (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    organization_id uuid not null references organizations (id),
    product_id uuid not null references products (id),
    position bigint not null,
    currency text not null,
    amount_type text not null,
    price_amount bigint,
    minimum_amount bigint,
    maximum_amount bigint,
    preset_amount bigint,
    tax_behavior text,
    is_archived boolean not null
);
create index product_prices_product on product_prices (product_id);

-- Who buys.
create table customers (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    email text not null,
    email_key text not null,
    email_verified boolean not null,
    external_id text,
    kind text not null,
    name text,
    billing_name text,
    billing_address json,
    tax_id text,
    tax_id_format text,
    locale text,
    metadata json not null,
    invoice_prefix text not null,
    invoice_next bigint not null,
    default_payment_method_id uuid,
    deleted_at timestamptz
);
create unique index customers_email on customers (organization_id, email_key) where deleted_at is null;
create unique index customers_external_id on customers (organization_id, external_id)
    where deleted_at is null and external_id is not null;
create index customers_created on customers (organization_id, created_at);

create table customer_sessions (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    token_hash text not null,
    expires_at timestamptz not null,
    return_url text
);
create unique index customer_sessions_hash on customer_sessions (token_hash);

create table payment_methods (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    reference text not null,
    kind text not null,
    card json not null
);
create index payment_methods_customer on payment_methods (customer_id);

-- The sale.
create table checkouts (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    status text not null,
    client_secret text not null,
    expires_at timestamptz not null,
    success_url text,
    return_url text,
    embed_origin text,
    product_id uuid not null references products (id),
    price_id uuid not null references product_prices (id),
    product_ids json not null,
    amount bigint not null,
    currency text not null,
    tax_amount bigint,
    tax_behavior text,
    allow_discount_codes boolean not null,
    require_billing_address boolean not null,
    allow_trial boolean not null,
    customer_id uuid references customers (id),
    matched_by_email boolean not null,
    external_customer_id text,
    is_business_customer boolean not null,
    customer_name text,
    customer_email text,
    customer_ip_address text,
    customer_billing_name text,
    customer_billing_address json,
    customer_tax_id text,
    customer_tax_id_format text,
    locale text,
    payment_method_type text,
    processor_metadata json not null,
    metadata json not null,
    customer_metadata json not null,
    subscription_id uuid,
    attempt_id uuid,
    opened_at timestamptz,
    distinct_id text
);
create unique index checkouts_client_secret on checkouts (client_secret);
create index checkouts_created on checkouts (organization_id, created_at);
create index checkouts_customer on checkouts (customer_id);
create index checkouts_due on checkouts (expires_at) where status = 'open';

-- One row per attempt to take money or to set up a card: the journal of charging.
create table payments (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    checkout_id uuid references checkouts (id),
    order_id uuid,
    customer_id uuid,
    customer_email text,
    kind text not null,
    state text not null,
    amount bigint not null,
    currency text not null,
    method text not null,
    card json,
    trigger_kind text,
    decline_reason text,
    decline_message text,
    reference text,
    method_reference text,
    client_secret text,
    action_url text,
    confirmation json not null
);
create unique index payments_unsettled on payments (checkout_id)
    where state in ('intended', 'asked', 'requires_action', 'processing');
create index payments_created on payments (organization_id, created_at);
create index payments_checkout on payments (checkout_id);

create table subscriptions (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    product_id uuid not null references products (id),
    checkout_id uuid references checkouts (id),
    payment_method_id uuid,
    status text not null,
    amount bigint not null,
    currency text not null,
    recurring_interval text not null,
    recurring_interval_count bigint not null,
    anchor_day bigint not null,
    started_at timestamptz,
    current_period_start timestamptz not null,
    current_period_end timestamptz not null,
    cancel_at_period_end boolean not null,
    canceled_at timestamptz,
    ends_at timestamptz,
    ended_at timestamptz,
    price_ids json not null,
    metadata json not null
);
create index subscriptions_started on subscriptions (organization_id, started_at);
create index subscriptions_customer on subscriptions (customer_id, status);

create table orders (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    product_id uuid not null references products (id),
    price_id uuid,
    subscription_id uuid references subscriptions (id),
    checkout_id uuid references checkouts (id),
    status text not null,
    billing_reason text not null,
    currency text not null,
    subtotal_amount bigint not null,
    discount_amount bigint not null,
    net_amount bigint not null,
    tax_amount bigint not null,
    billing_name text,
    billing_address json,
    tax_id text,
    invoice_number text not null,
    description text not null,
    items json not null,
    metadata json not null
);
create index orders_created on orders (organization_id, created_at);
create index orders_customer on orders (customer_id);
create unique index orders_checkout on orders (checkout_id);
create unique index orders_invoice_number on orders (organization_id, invoice_number);

-- Who is told.
create table webhook_endpoints (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    url text not null,
    name text,
    format text not null,
    secret text not null,
    events json not null,
    enabled boolean not null,
    deleted_at timestamptz
);
create index webhook_endpoints_organization on webhook_endpoints (organization_id, created_at);

-- The outbox: one row per event and endpoint, in the order of `sequence`.
create table webhook_events (
    id uuid not null primary key,
    sequence bigint not null,
    created_at timestamptz not null,
    modified_at timestamptz,
    organization_id uuid not null references organizations (id),
    endpoint_id uuid not null references webhook_endpoints (id),
    kind text not null,
    subject_id uuid,
    payload text,
    succeeded boolean,
    skipped boolean not null,
    last_http_code bigint,
    attempts bigint not null,
    next_attempt_at timestamptz
);
-- First attempts are due at their recording, so this is also the order of delivery.
create index webhook_events_due on webhook_events (endpoint_id, next_attempt_at, sequence)
    where next_attempt_at is not null;
create index webhook_events_completed on webhook_events (endpoint_id, sequence) where succeeded is not null;
create index webhook_events_kept on webhook_events (created_at) where payload is not null;
create index webhook_events_subject on webhook_events (subject_id) where next_attempt_at is not null;

create table webhook_deliveries (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    endpoint_id uuid not null references webhook_endpoints (id),
    event_id uuid not null references webhook_events (id),
    succeeded boolean not null,
    http_code bigint,
    response text
);
create index webhook_deliveries_created on webhook_deliveries (organization_id, created_at, id);
create index webhook_deliveries_endpoint on webhook_deliveries (organization_id, endpoint_id, created_at, id);
create index webhook_deliveries_event on webhook_deliveries (event_id);
