-- What a product is made of besides its prices. Its parts are lists of ids in the product's row, in their
-- order; a part that was deleted is simply not found any more.
alter table products add column trial_interval text;
alter table products add column trial_interval_count bigint;
alter table products add column meter_interval text;
alter table products add column meter_interval_count bigint;
alter table products add column benefit_ids json not null default '[]';
alter table products add column media_ids json not null default '[]';
alter table products add column custom_fields json not null default '[]';

-- Seat tiers, metered prices, and the prices of one session (checkout_id is set, the rest is the catalog).
alter table product_prices add column seat_tiers json;
alter table product_prices add column meter_id uuid;
alter table product_prices add column unit_amount text;
alter table product_prices add column cap_amount bigint;
alter table product_prices add column checkout_id uuid;
drop index product_prices_product;
create index product_prices_product on product_prices (product_id) where checkout_id is null;
create index product_prices_checkout on product_prices (checkout_id) where checkout_id is not null;
create index product_prices_meter on product_prices (meter_id)
    where meter_id is not null and checkout_id is null;

create table meters (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    name text not null,
    unit text not null,
    custom_label text,
    custom_multiplier bigint,
    filter json not null,
    aggregation json not null,
    metadata json not null,
    archived_at timestamptz
);
create index meters_organization on meters (organization_id, created_at);

create table benefits (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    kind text not null,
    description text not null,
    visibility text not null,
    properties json not null,
    metadata json not null,
    deleted_at timestamptz
);
-- What is deleted is in no list; `deleted_at` is a column of such indexes because SQLite looks it up otherwise.
create index benefits_organization on benefits (organization_id, created_at, deleted_at)
    where deleted_at is null;

create table custom_fields (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    kind text not null,
    slug text not null,
    name text not null,
    properties json not null,
    metadata json not null,
    deleted_at timestamptz
);
create unique index custom_fields_slug on custom_fields (organization_id, slug) where deleted_at is null;

create table files (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    service text not null,
    name text not null,
    path text not null,
    public_url text,
    mime_type text not null,
    size bigint not null,
    label text,
    checksum_etag text,
    checksum_sha256_base64 text,
    checksum_sha256_hex text,
    last_modified_at timestamptz,
    upload json not null,
    is_uploaded boolean not null,
    deleted_at timestamptz
);
create index files_organization on files (organization_id, created_at, is_uploaded, deleted_at)
    where is_uploaded and deleted_at is null;
create index files_unfinished on files (created_at) where not is_uploaded and deleted_at is null;
