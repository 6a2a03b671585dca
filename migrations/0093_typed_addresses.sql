-- Unpaid sessions without a customer by the address that somebody typed into them, for erasure; folded as in 0020.
create index checkouts_typed_email on checkouts (organization_id, coalesce(customer_email_folded, lower(customer_email)), id)
    where customer_id is null and customer_email is not null;
