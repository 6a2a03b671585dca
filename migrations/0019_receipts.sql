-- Receipts are numbered per customer. The number is taken with the customer's row, whose version guards it, so that no
-- two orders get the same one.
alter table customers add column receipt_next bigint not null default 1;
alter table orders add column receipt_number text;
-- Paid orders that an older version wrote: upkeep gives them their numbers, and the index is empty afterwards.
create index orders_unreceipted on orders (created_at, id) where receipt_number is null and net_amount + tax_amount > 0;
