-- Work that outlives its request. See crates/core/src/jobs.rs for what the columns mean.
create table jobs (
    id uuid not null primary key,
    kind text not null,
    key text not null,
    payload json not null,
    run_at timestamptz not null,
    next_at timestamptz,
    lease_until timestamptz,
    attempts bigint not null,
    buried text,
    created_at timestamptz not null
);
create unique index jobs_key on jobs (key);
create index jobs_due on jobs (run_at) where buried is null;

-- Duties that one node at a time holds.
create table leases (
    name text not null primary key,
    holder uuid not null,
    until timestamptz not null
);

-- The sandbox processor's own memory, as if it lived elsewhere.
create table sandbox_records (
    key text not null primary key,
    version bigint not null,
    body json not null
);
