-- Codes that sign customers in to their portal: only the HMAC of a code is kept. Each works once.
create table portal_codes (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    email_key text not null,
    customer_id uuid,
    code_hash text not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index portal_codes_hash on portal_codes (code_hash);
create index portal_codes_email on portal_codes (organization_id, email_key);
create index portal_codes_expiry on portal_codes (expires_at);
