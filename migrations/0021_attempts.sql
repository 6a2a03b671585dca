-- What an attempt is made for, what it charges, and who is asked. What older versions write is an attempt to pay for a
-- session, with what its buyer entered, at the sandbox: they know no other.
alter table payments add column purpose text not null default 'checkout';
alter table payments add column subject_id uuid;
alter table payments add column source text not null default 'token';
alter table payments add column method_id uuid;
alter table payments add column processor text not null default 'sandbox';
alter table payment_methods add column processor text not null default 'sandbox';

-- One unsettled attempt for each subject: a session, an order, a customer. Older versions name the session only. On a
-- long table making it takes a walk through payments.
create unique index payments_unsettled_subject on payments (coalesce(subject_id, checkout_id))
    where state in ('intended', 'asked', 'requires_action', 'processing');
