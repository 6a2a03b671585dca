-- What is being bought that a person, or a subscription, may have once at a time: taken by the commit that begins the
-- attempt, given back when it fails or when the subscription is there. The index lets one of two at the same moment
-- through. Where the merchant allows several subscriptions the rows are not `single`: they count from the moment on
-- which the merchant allows one only.
create table subscription_claims (
    id uuid not null primary key,
    created_at timestamptz not null,
    organization_id uuid not null references organizations (id),
    checkout_id uuid not null,
    subject text not null,
    single boolean not null
);
create unique index subscription_claims_subject on subscription_claims (organization_id, subject) where single;
create index subscription_claims_all on subscription_claims (organization_id, subject, checkout_id);
create index subscription_claims_checkout on subscription_claims (checkout_id);
