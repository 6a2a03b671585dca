-- Lists of a million rows. Each index ends with the id, by which rows tie: a page far behind is then found in the index
-- alone, and only its own rows are read.
drop index checkouts_created;
create index checkouts_created on checkouts (organization_id, created_at, id);
drop index orders_created;
create index orders_created on orders (organization_id, created_at, id, status, product_id);
drop index payments_created;
create index payments_created on payments (organization_id, created_at, id, kind, state);
-- What is deleted is in no list; `deleted_at` is a column because SQLite looks it up otherwise.
drop index customers_created;
create index customers_created on customers (organization_id, created_at, id, deleted_at) where deleted_at is null;

-- What a list is narrowed by leads, so that rare values are found and counted without a walk through the others. Rows
-- arrive at the end of each value's stretch, next to each other, which is cheap. The figures read the first one too.
create index checkouts_status on checkouts (organization_id, status, created_at, id, product_id);
drop index checkouts_succeeded;
create index checkouts_product on checkouts (product_id, organization_id, created_at, id, status);

-- What a delivery was about, so that those of a rare type are found without reading the events of all others. The first
-- half of a change: old nodes write none, and upkeep fills it in, guided by an index that is empty afterwards.
alter table webhook_deliveries add column kind text;
create index webhook_deliveries_kind on webhook_deliveries (organization_id, kind, created_at, id, endpoint_id);
create index webhook_deliveries_untold on webhook_deliveries (id) where kind is null;
-- With the code, for those of one family of codes.
drop index webhook_deliveries_failed;
create index webhook_deliveries_failed on webhook_deliveries (organization_id, created_at, id, http_code)
    where not succeeded;
drop index webhook_deliveries_endpoint_failed;
create index webhook_deliveries_endpoint_failed on webhook_deliveries (organization_id, endpoint_id, created_at, id, http_code)
    where not succeeded;
