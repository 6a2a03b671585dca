-- The external id that a session names and its customer does not have. Null in rows of before, and of older nodes.
alter table checkouts add column conflicting_external_customer_id text;
alter table orders add column conflicting_external_customer_id text;

-- HMAC of the key to the customer's portal that the buyer's browser keeps while the attempt is in flight. It becomes a
-- customer session when the attempt succeeds, and opens nothing before.
alter table payments add column portal_token_hash text;
