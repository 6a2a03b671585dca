-- License keys: one row for each grant of such a benefit, used again when it is granted again. `status` is what holds now;
-- `wanted_status` what the merchant set, which holds while the purchase gives the benefit. `given` is what the benefit said
-- when the row followed it last. Validations change `usage`, `validations` and `last_validated_at`, which no index has, and
-- not the version.
create table license_keys (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    member_id uuid,
    benefit_id uuid not null references benefits (id),
    grant_id uuid not null references benefit_grants (id),
    subscription_id uuid,
    order_id uuid,
    key text not null,
    status text not null,
    wanted_status text not null,
    given json not null,
    limit_activations bigint,
    limit_usage bigint,
    expires_at timestamptz,
    activations bigint not null,
    usage bigint not null,
    validations bigint not null,
    last_validated_at timestamptz
);
create unique index license_keys_key on license_keys (organization_id, key);
create unique index license_keys_grant on license_keys (grant_id);
create index license_keys_created on license_keys (organization_id, created_at);
create index license_keys_status on license_keys (status, organization_id, created_at);
create index license_keys_benefit on license_keys (benefit_id, organization_id, created_at);
create index license_keys_customer on license_keys (customer_id, organization_id, created_at);
create table license_key_activations (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    organization_id uuid not null,
    license_key_id uuid not null references license_keys (id),
    label text not null,
    conditions json not null,
    meta json not null
);
create index license_key_activations_key on license_key_activations (license_key_id, created_at, id);
-- Whoever bought before license keys were granted is granted them now, and once more when no node of an older version serves
-- any longer: that one takes such grants back. Times are microseconds.
insert into jobs (id, kind, key, payload, run_at, attempts, created_at, queue)
select randomblob(16), 'grant_earlier_purchases', 'grant_earlier_purchases:license_keys', 'null',
    cast(strftime('%s', 'now') as integer) * 1000000, 0, cast(strftime('%s', 'now') as integer) * 1000000, 50
where exists (select 1 from benefits where kind = 'license_keys');
insert into jobs (id, kind, key, payload, run_at, attempts, created_at, queue)
select randomblob(16), 'grant_earlier_purchases', 'grant_earlier_purchases:license_keys_again', 'null',
    (cast(strftime('%s', 'now') as integer) + 3600) * 1000000, 0, cast(strftime('%s', 'now') as integer) * 1000000, 50
where exists (select 1 from benefits where kind = 'license_keys');
