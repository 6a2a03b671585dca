-- People sign in: a name and a password where they set one; sessions and one-time links, of which only
-- the HMAC is kept.
alter table users add column version bigint not null default 1;
alter table users add column name text;
alter table users add column password_hash text;

create table user_sessions (
    id uuid not null primary key,
    created_at timestamptz not null,
    user_id uuid not null references users (id),
    token_hash text not null,
    method text not null,
    expires_at timestamptz not null,
    last_seen_at timestamptz not null,
    user_agent text,
    ip_address text,
    revoked_at timestamptz
);
create unique index user_sessions_hash on user_sessions (token_hash);
create index user_sessions_user on user_sessions (user_id);
create index user_sessions_expiry on user_sessions (expires_at);

create table sign_in_links (
    id uuid not null primary key,
    created_at timestamptz not null,
    user_id uuid not null references users (id),
    token_hash text not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create unique index sign_in_links_hash on sign_in_links (token_hash);
create index sign_in_links_user on sign_in_links (user_id);
create index sign_in_links_expiry on sign_in_links (expires_at);

-- Which organizations a person belongs to.
create index members_user on members (user_id);
