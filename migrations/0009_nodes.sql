-- Many nodes. Who claimed a job: with `attempts` the fence for its end, while the lease is prolonged.
alter table jobs add column claim uuid;

-- What failed is looked for most, and is rare where all is well.
create index webhook_deliveries_failed on webhook_deliveries (organization_id, created_at, id) where not succeeded;
create index webhook_deliveries_endpoint_failed on webhook_deliveries (organization_id, endpoint_id, created_at, id)
    where not succeeded;

-- Budgets that all nodes share: until when what was spent takes to come back, in microseconds since 1970.
create table budgets (
    key text not null primary key,
    spent_until bigint not null
);
