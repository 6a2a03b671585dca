-- The order whose invoice or receipt goes with a letter.
alter table mails add column order_id uuid;
