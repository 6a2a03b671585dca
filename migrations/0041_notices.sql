-- What the processor told of by itself, each notice once, and how far its events were asked for.
create table processor_notices (
    id uuid not null primary key,
    created_at timestamptz not null,
    processor text not null,
    notice_id text not null
);
create unique index processor_notices_name on processor_notices (processor, notice_id);
create index processor_notices_created on processor_notices (created_at);

create table processor_states (
    id uuid not null primary key,
    processor text not null,
    polled_until timestamptz not null,
    last_notice_at timestamptz
);
create unique index processor_states_name on processor_states (processor);
