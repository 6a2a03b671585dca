-- Money that is given back, journalled like attempts: intended, asked, settled.
create table refunds (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    payment_id uuid not null references payments (id),
    reason text not null,
    amount bigint not null,
    currency text not null,
    state text not null,
    processor text not null,
    reference text,
    failure_reason text
);
create index refunds_payment on refunds (payment_id);
