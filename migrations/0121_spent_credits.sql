-- Credits by subscription that were taken back after they were used: what is given in their place is so much less. They are
-- at most those that what was billed since the count began anew has used up, and what is used and not billed yet.
alter table customer_meters add column settled_units bigint not null default 0;
alter table customer_meters add column spent json;
