-- Documents of orders: the digest of the content that each file was last made of, none where there is no file, and the
-- numbers of credit notes, counted by order. Refunds of before have no credit note.
alter table orders add column invoice_digest text;
alter table orders add column receipt_digest text;
alter table orders add column credit_notes bigint not null default 0;
alter table refunds add column credit_note_number text;
alter table refunds add column credit_note_digest text;
