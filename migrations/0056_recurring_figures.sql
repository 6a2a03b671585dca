-- Figures of subscriptions are read from these indexes alone. Rows that have ended are in small ones of their own, so
-- that what counts is found without them; each ends with all that a sum needs.
create index subscriptions_live on subscriptions (organization_id, currency, trial_end, started_at, status,
    recurring_interval, recurring_interval_count, amount, ended_at) where ended_at is null;
create index subscriptions_gone on subscriptions (organization_id, currency, trial_end, started_at, ended_at,
    paused_at, recurring_interval, recurring_interval_count, amount) where ended_at is not null;
create index subscriptions_ended on subscriptions (organization_id, currency, ended_at, trial_end, started_at,
    paused_at, recurring_interval, recurring_interval_count, amount) where ended_at is not null;
create index subscriptions_paused on subscriptions (organization_id, currency, paused_at, trial_end, started_at,
    recurring_interval, recurring_interval_count, amount) where paused_at is not null;
create index subscriptions_past_due on subscriptions (organization_id, past_due_at, status) where status = 'past_due';
