-- Who pays, by the processor's name for them: a saved card is charged again only for the one it was kept for. Cards that
-- older versions kept have no such name.
alter table payments add column customer_reference text;
alter table payment_methods add column customer_reference text;

-- The processor that knows a customer, and its name for them.
alter table customers add column processor text;
alter table customers add column processor_reference text;
