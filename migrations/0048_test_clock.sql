-- Test clocks of the sandbox: how far an organization's time is ahead of the machine's, and the time up to which it is
-- being moved; null: it is not being moved.
alter table organizations add column clock_offset_seconds bigint not null default 0;
alter table organizations add column clock_target_at timestamptz;
create index organizations_clocked on organizations (id) where clock_offset_seconds > 0;
