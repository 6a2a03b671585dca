-- Orders of usage that an end at once, or a change to another product, settled: no credits are given again for them.
alter table orders add column settles_usage boolean not null default false;
