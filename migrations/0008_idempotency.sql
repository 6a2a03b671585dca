-- What a request with an Idempotency-Key answered, written with its effect. The id is an HMAC of who asked and of
-- the key; the answer is sealed with a key that needs the sender's.
create table idempotency_keys (
    id uuid not null primary key,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    request text not null,
    subject_id uuid,
    status bigint,
    answer text
);
create index idempotency_keys_expiring on idempotency_keys (expires_at);
