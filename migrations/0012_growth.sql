-- Lists of a million rows. Each index ends with the id, by which rows tie: a page far behind is then found in the index
-- alone, and only its own rows are read.
drop index checkouts_created;
create index checkouts_created on checkouts (organization_id, created_at, id);
-- The other one too: SQLite plans without statistics, and prefers the index that sorts best to the one that finds least.
drop index checkouts_customer;
create index checkouts_customer on checkouts (customer_id, organization_id, created_at, id)
    where customer_id is not null;
-- What is deleted is in no list; `deleted_at` is a column because SQLite looks it up otherwise.
drop index customers_created;
create index customers_created on customers (organization_id, created_at, id, deleted_at) where deleted_at is null;

-- What a list is narrowed by leads, so that rare values are found and counted without a walk through the others. Rows
-- arrive at the end of each value's stretch, next to each other, which is cheap. The figures read the first one too.
create index checkouts_status on checkouts (organization_id, status, created_at, id, product_id, external_customer_id);
drop index checkouts_succeeded;
create index checkouts_product on checkouts (product_id, organization_id, created_at, id, status);
-- A merchant's ids arrive in no order: a session enters this one when it is open no more, so that making it costs nothing.
create index checkouts_external_customer on checkouts (external_customer_id, organization_id, created_at, id, status)
    where external_customer_id is not null and status <> 'open';

-- What a delivery was about, so that those of a rare type are found without reading the events of all others. The first
-- half of a change: old nodes write none, and upkeep fills it in, guided by an index that is empty afterwards.
alter table webhook_deliveries add column kind text;
create index webhook_deliveries_kind on webhook_deliveries (organization_id, kind, created_at, id, endpoint_id);
create index webhook_deliveries_untold on webhook_deliveries (id) where kind is null;
