-- What may be forgotten, found without looking at the rest. An expired session is first of all whole
-- (`retention` is null), then without the buyer's details ('blanked'), then deleted, or 'kept' because a payment
-- or an order names it.
alter table checkouts add column retention text;
create index checkouts_expired on checkouts (expires_at) where status = 'expired' and retention is null;
create index checkouts_blanked on checkouts (expires_at) where retention = 'blanked';

-- Written when a payload is forgotten, not when the event is recorded.
create index webhook_events_archived on webhook_events (created_at) where payload is null;

create index customer_sessions_expiry on customer_sessions (expires_at);

-- Deleting a session looks here for a subscription that names it.
create index subscriptions_checkout on subscriptions (checkout_id) where checkout_id is not null;
