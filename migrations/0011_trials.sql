-- Who is having, or has had, a trial where a merchant gives one to each person only: taken by the commit that begins
-- the attempt, given back when the attempt fails. The index lets one of two at the same moment through.
create table trial_claims (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    checkout_id uuid not null,
    person text not null
);
create unique index trial_claims_person on trial_claims (organization_id, person);
create index trial_claims_checkout on trial_claims (checkout_id);
