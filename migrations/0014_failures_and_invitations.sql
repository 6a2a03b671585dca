-- Runs of a job that failed one after the other, and why the last one did: those that only go on later are no failures.
alter table jobs add column failures bigint not null default 0;
alter table jobs add column last_error text;
create index jobs_buried on jobs (created_at) where buried is not null;

-- Who was asked into a team and has not come yet: nobody is a member before they press the button of their link.
create table invitations (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    email text not null,
    role text not null,
    invited_by text not null,
    token_hash text,
    expires_at timestamptz not null
);
create unique index invitations_email on invitations (organization_id, email);
create unique index invitations_token on invitations (token_hash);
create index invitations_expires on invitations (expires_at);
