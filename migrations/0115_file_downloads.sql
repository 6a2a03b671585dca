-- Downloads of the files of benefits: one row for each file, the benefit that gave it and whoever fetched it, which is a
-- member (`holder_id` is the member) or the customer as such.
create table file_downloads (
    id uuid not null primary key,
    created_at timestamptz not null,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    holder_id uuid not null,
    benefit_id uuid not null references benefits (id),
    file_id uuid not null references files (id),
    downloads bigint not null,
    last_at timestamptz not null
);
create unique index file_downloads_place on file_downloads (benefit_id, file_id, holder_id);
create index file_downloads_customer on file_downloads (customer_id, organization_id, created_at);
-- What somebody has: the grants of a member, or those of the customer as such.
create index benefit_grants_holder on benefit_grants ((coalesce(member_id, customer_id)), benefit_id);
