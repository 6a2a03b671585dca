-- Where an attempt to pay came from, as budgets count it: the key of its network's budget of declines (an HMAC), so that
-- what was taken before the attempt is given back when it succeeds, whoever learns of it.
alter table payments add column network_key text;

-- Changes of a session that nobody was told of yet: the newest one stands for those before it. Rows leave the index
-- with their first attempt. On a long table making it takes a walk through webhook_events.
create index webhook_events_unsent_changes on webhook_events (subject_id, endpoint_id)
    where kind = 'checkout.updated' and attempts = 0 and next_attempt_at is not null;
