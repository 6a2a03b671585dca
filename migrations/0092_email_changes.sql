-- E-mail addresses that customers want to have instead of theirs, until they confirm them: only the HMAC of a link's token
-- is kept. Each works once, and a customer has one at most.
create table email_changes (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    email text not null,
    replaced_key text not null,
    token_hash text not null,
    expires_at timestamptz not null
);
create unique index email_changes_token on email_changes (token_hash);
create unique index email_changes_customer on email_changes (customer_id);
create index email_changes_expiry on email_changes (expires_at);
