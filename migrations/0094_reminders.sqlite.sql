-- Reminders by mail. Of a subscription: the end of the period, or of the trial, that its customer was last reminded of. Of a
-- card: the month in which it expires that its owner was last reminded of, counted from the year 0. Null: of none.
alter table subscriptions add column reminded_for timestamptz;
alter table payment_methods add column reminded_for bigint;
-- What is to be reminded of is found without a look at anything else: subscriptions by the number of days that their
-- customers are reminded before. The conditions and expressions are those of crates/store/src/reads/reminders.rs. The last
-- condition, which always holds, keeps queries for one organization from indexes of all.
create index subscriptions_reminders on subscriptions ((case when status <> 'trialing' then 7 when trial_end - trial_start <= 259200000000 then 1 else 3 end), current_period_end, id)
where not cancel_at_period_end and not pause_at_period_end and base_amount > 0
    and (reminded_for is null or reminded_for <> current_period_end)
    and (status = 'trialing' or (status = 'active' and (recurring_interval = 'year'
        or (recurring_interval = 'month' and recurring_interval_count >= 6)
        or (recurring_interval = 'week' and recurring_interval_count >= 25)
        or (recurring_interval = 'day' and recurring_interval_count >= 180)))) and currency <> '';
create index subscriptions_reminders_of on subscriptions (organization_id, (case when status <> 'trialing' then 7 when trial_end - trial_start <= 259200000000 then 1 else 3 end), current_period_end, id)
where not cancel_at_period_end and not pause_at_period_end and base_amount > 0
    and (reminded_for is null or reminded_for <> current_period_end)
    and (status = 'trialing' or (status = 'active' and (recurring_interval = 'year'
        or (recurring_interval = 'month' and recurring_interval_count >= 6)
        or (recurring_interval = 'week' and recurring_interval_count >= 25)
        or (recurring_interval = 'day' and recurring_interval_count >= 180))));
create index payment_methods_reminders on payment_methods (((card ->> 'exp_year') * 12 + (card ->> 'exp_month')), id)
where (reminded_for is null or reminded_for <> ((card ->> 'exp_year') * 12 + (card ->> 'exp_month'))) and kind <> '';
create index payment_methods_reminders_of on payment_methods (organization_id, ((card ->> 'exp_year') * 12 + (card ->> 'exp_month')), id)
where (reminded_for is null or reminded_for <> ((card ->> 'exp_year') * 12 + (card ->> 'exp_month')));
