-- Letters: what went to whom, or is to, each once for its cause. Kept for 90 days.
create table mails (
    id uuid not null primary key,
    created_at timestamptz not null,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    kind text not null,
    cause_key text not null,
    customer_id uuid,
    recipient text not null,
    subject text not null,
    content json not null,
    state text not null,
    attempts bigint not null,
    repeats bigint not null,
    reason text,
    sent_at timestamptz
);
create unique index mails_cause on mails (cause_key);
create index mails_organization on mails (organization_id, created_at, id);
create index mails_state on mails (organization_id, state, created_at, id);
create index mails_recipient on mails (organization_id, recipient, created_at);
create index mails_created on mails (created_at);
