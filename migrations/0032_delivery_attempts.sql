-- Which attempt of its event a delivery was, and how long the answer took; null where an older version wrote it.
alter table webhook_deliveries add column attempt bigint;
alter table webhook_deliveries add column duration_ms bigint;
