use till_core::kernel::writes::{DownloadWrite, Statement};

use super::any;

pub(super) fn download(write: DownloadWrite) -> Statement {
    match write {
        DownloadWrite::Count {
            id,
            organization_id,
            customer_id,
            holder_id,
            benefit_id,
            file_id,
            at,
        } => any(
            "insert into file_downloads (id, created_at, version, organization_id, customer_id, holder_id, benefit_id, \
             file_id, downloads, last_at) values ($1, $7, 1, $2, $3, $4, $5, $6, 1, $7) \
             on conflict (benefit_id, file_id, holder_id) do update set version = file_downloads.version + 1, \
             downloads = file_downloads.downloads + 1, last_at = excluded.last_at",
            vec![
                id.into(),
                organization_id.into(),
                customer_id.into(),
                holder_id.into(),
                benefit_id.into(),
                file_id.into(),
                at.into(),
            ],
        ),
        DownloadWrite::CountOfFile {
            benefit_id,
            file_id,
        } => any(
            "insert into file_counts (scope_id, file_id, downloads, downloaders) values ($1, $2, 1, 0), ($2, $2, 1, 0) \
             on conflict (scope_id, file_id) do update set downloads = file_counts.downloads + 1",
            vec![benefit_id.into(), file_id.into()],
        ),
        DownloadWrite::CountDownloader {
            holder_id,
            benefit_id,
            file_id,
        } => any(
            "update file_counts set downloaders = downloaders + 1 where scope_id in ($1, $2) and file_id = $2 \
             and 1 = (select sum(d.downloads) from file_downloads d where d.file_id = $2 and d.holder_id = $3 \
             and file_counts.scope_id in (d.benefit_id, d.file_id))",
            vec![benefit_id.into(), file_id.into(), holder_id.into()],
        ),
        DownloadWrite::ForgetTimes { customer_id, at } => any(
            "update file_downloads set created_at = $2, last_at = $2, version = version + 1 where customer_id = $1",
            vec![customer_id.into(), at.into()],
        ),
    }
}
