-- Seats of subscriptions and orders that were given to people. A seat that was taken back names nobody, and its row is used
-- again for the next person, so there are never more rows than seats were held at once. Of an invitation's token only the
-- HMAC is kept.
create table customer_seats (
    id uuid not null primary key,
    created_at timestamptz not null,
    modified_at timestamptz,
    version bigint not null,
    organization_id uuid not null references organizations (id),
    customer_id uuid not null references customers (id),
    subscription_id uuid references subscriptions (id),
    order_id uuid references orders (id),
    member_id uuid references customer_members (id),
    status text not null,
    invitation_token_hash text,
    invitation_token_expires_at timestamptz,
    claimed_at timestamptz,
    revoked_at timestamptz,
    metadata json
);
create unique index customer_seats_invitation on customer_seats (invitation_token_hash)
    where invitation_token_hash is not null;
-- One seat for each person.
create unique index customer_seats_subscription_member on customer_seats (subscription_id, member_id)
    where subscription_id is not null and member_id is not null;
create unique index customer_seats_order_member on customer_seats (order_id, member_id)
    where order_id is not null and member_id is not null;
create index customer_seats_subscription on customer_seats (subscription_id, created_at, id)
    where subscription_id is not null;
create index customer_seats_order on customer_seats (order_id, created_at, id) where order_id is not null;
create index customer_seats_customer on customer_seats (customer_id, created_at, id);
create index customer_seats_member on customer_seats (member_id) where member_id is not null;
