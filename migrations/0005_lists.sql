-- Lists: the first page and the count of each must be found without reading rows.
--
-- SQLite plans without statistics. A list narrowed to one customer then takes the index that also sorts it,
-- which is the organization's, and reads all of it; so the index of the narrower column sorts as well.
drop index orders_customer;
create index orders_customer on orders (customer_id, organization_id, created_at);
create index orders_subscription on orders (subscription_id, organization_id, created_at)
    where subscription_id is not null;
drop index checkouts_customer;
create index checkouts_customer on checkouts (customer_id, organization_id, created_at)
    where customer_id is not null;
drop index payments_checkout;
create index payments_checkout on payments (checkout_id, organization_id, created_at);
create index payments_order on payments (order_id, organization_id, created_at) where order_id is not null;
create index payments_customer on payments (customer_id, organization_id, created_at) where customer_id is not null;
drop index subscriptions_customer;
create index subscriptions_customer on subscriptions (customer_id, organization_id, started_at, status);

-- With what lists are filtered by, so that they are counted from the index alone.
drop index orders_created;
create index orders_created on orders (organization_id, created_at, status, product_id);
drop index checkouts_created;
create index checkouts_created on checkouts (organization_id, created_at, status, product_id);
drop index payments_created;
create index payments_created on payments (organization_id, created_at, kind, state);
drop index subscriptions_started;
create index subscriptions_started on subscriptions (organization_id, started_at, status, product_id);
drop index customers_created;
create index customers_created on customers (organization_id, created_at) where deleted_at is null;
-- The filter by product names the first hundred.
create index products_name on products (organization_id, lower(name));
