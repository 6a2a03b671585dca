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
        DownloadWrite::ForgetTimes { customer_id, at } => any(
            "update file_downloads set created_at = $2, last_at = $2, version = version + 1 where customer_id = $1",
            vec![customer_id.into(), at.into()],
        ),
    }
}
