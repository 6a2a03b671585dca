-- Credits: the units among a customer's credits that move into the next period, and when the count began anew.
alter table customer_meters add column rollover_units bigint not null default 0;
alter table customer_meters add column reset_at timestamptz;
-- Credits that a grant gave last: an older node, which takes such grants back, leaves them here.
alter table benefit_grants add column credited json;
-- A value that was there before the count began anew is none of it.
drop index usage_values_value;
create index usage_values_value on usage_values (meter_id, subject_id, value, starts_at);
-- Whoever bought before credits were granted is granted them now, and once more when no node of an older version serves any
-- longer: that one takes such grants back. Times are microseconds.
insert into jobs (id, kind, key, payload, run_at, attempts, created_at, queue)
select randomblob(16), 'grant_earlier_purchases', 'grant_earlier_purchases:meter_credits', 'null',
    cast(strftime('%s', 'now') as integer) * 1000000, 0, cast(strftime('%s', 'now') as integer) * 1000000, 50
where exists (select 1 from benefits where kind = 'meter_credit');
insert into jobs (id, kind, key, payload, run_at, attempts, created_at, queue)
select randomblob(16), 'grant_earlier_purchases', 'grant_earlier_purchases:meter_credits_again', 'null',
    (cast(strftime('%s', 'now') as integer) + 3600) * 1000000, 0, cast(strftime('%s', 'now') as integer) * 1000000, 50
where exists (select 1 from benefits where kind = 'meter_credit');
