-- Notices by mail that a member of a team wants; what is left out is wanted.
alter table members add column notices json not null default '{}';
