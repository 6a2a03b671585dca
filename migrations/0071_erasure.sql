-- Erasure of a customer: letters to the merchant's people say which customer they are about, and what has to be found is
-- found by the customer. Letters of before that went to the merchant's people are forgotten after 90 days.
alter table mails add column about_customer_id uuid;
create index mails_customer on mails (customer_id) where customer_id is not null;
create index mails_about_customer on mails (about_customer_id) where about_customer_id is not null;
create index trial_redemptions_customer on trial_redemptions (customer_id);
