-- Drafts have no invoice number: an order gets its number when it is charged or due. Numbers stay unique: no two orders
-- without one are the same. A program of an older version cannot read a draft.
alter table orders alter column invoice_number drop not null;
