-- Texts that mean the same to a person are the same text (crates/core/src/folding.rs). Beside what is searched or
-- compared stands its folded form, written with it; null where that is only the lower case, as of everything ASCII.
alter table customers add column email_folded text;
alter table customers add column name_folded text;
alter table customers add column billing_name_folded text;
alter table customers add column external_id_folded text;
alter table checkouts add column customer_email_folded text;
alter table payments add column customer_email_folded text;
alter table products add column name_folded text;
alter table meters add column name_folded text;
alter table benefits add column description_folded text;
alter table custom_fields add column name_folded text;
alter table discounts add column name_folded text;
alter table discounts add column code_folded text;

-- Addresses that people sign in with: the address itself is its key where this is null.
alter table users add column email_key text;
create unique index users_email_key on users (coalesce(email_key, email));

-- What an older version wrote is not folded yet. It is found by indexes that are empty when all is, and cost nothing
-- for texts that are ASCII.
create index customers_unfolded on customers (id) where
    (email_folded is null and (octet_length(email) <> length(email) or replace(email, 'xn--', '') <> email))
    or (name_folded is null and octet_length(name) <> length(name))
    or (billing_name_folded is null and octet_length(billing_name) <> length(billing_name))
    or (external_id_folded is null and octet_length(external_id) <> length(external_id));
create index checkouts_unfolded on checkouts (id) where
    (customer_email_folded is null and (octet_length(customer_email) <> length(customer_email) or replace(customer_email, 'xn--', '') <> customer_email));
create index payments_unfolded on payments (id) where
    (customer_email_folded is null and (octet_length(customer_email) <> length(customer_email) or replace(customer_email, 'xn--', '') <> customer_email));

-- Keys are ASCII now; others are of an older version, or of two that have become the same.
create index customers_unfolded_key on customers (created_at, id) where octet_length(email_key) <> length(email_key);
create index discounts_unfolded_key on discounts (created_at, id) where octet_length(code_key) <> length(code_key);
create index discount_redemptions_unfolded_key on discount_redemptions (created_at, id)
    where octet_length(email_key) <> length(email_key);
create index trial_redemptions_unfolded_key on trial_redemptions (created_at, id)
    where octet_length(email_key) <> length(email_key);
create index trial_claims_unfolded_key on trial_claims (created_at, id) where octet_length(person) <> length(person);
