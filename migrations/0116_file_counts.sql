-- Counts of the downloads of a file: by a benefit (`scope_id`), and by all of them together, where `scope_id` is the file
-- itself. `downloaders` are the different holders.
create table file_counts (
    scope_id uuid not null,
    file_id uuid not null references files (id),
    downloads bigint not null,
    downloaders bigint not null,
    primary key (scope_id, file_id)
);
insert into file_counts (scope_id, file_id, downloads, downloaders)
select benefit_id, file_id, sum(downloads), count(*) from file_downloads group by benefit_id, file_id;
insert into file_counts (scope_id, file_id, downloads, downloaders)
select file_id, file_id, sum(downloads), count(distinct holder_id) from file_downloads group by file_id;
-- A holder is looked for by the file, by whichever benefit they have it.
drop index file_downloads_place;
create unique index file_downloads_place on file_downloads (file_id, holder_id, benefit_id);
