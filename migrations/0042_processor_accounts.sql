-- The account that a processor's keys belong to, remembered from the first start on, so that two accounts, or test and
-- real sales, never meet in one database.
alter table processor_states add column account text;
alter table processor_states add column live boolean;
alter table processor_states add column key_digest text;
