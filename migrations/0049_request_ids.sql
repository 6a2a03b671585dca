-- The processor's own id of the request of an attempt that failed, by which the merchant finds it in the processor's log.
alter table payments add column request_id text;
