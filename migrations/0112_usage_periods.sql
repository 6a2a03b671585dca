-- Usage that is billed more often than its subscription: the interval, and the start of the period that runs; none of the
-- first one of a billing period.
alter table subscriptions add column meter_interval text;
alter table subscriptions add column meter_interval_count bigint;
alter table subscriptions add column meter_period_start timestamptz;
