-- One index for events that wait for a customer: those of a customer are found by the customer. Each index that is not in
-- the order in which events come in costs a page of it for nearly every event.
drop index usage_events_unbound;
drop index usage_events_external_customer;
create index usage_events_unbound on usage_events (external_customer_id, organization_id, timestamp, id, customer_id)
    where customer_id is null and external_customer_id is not null;
