//! The `downloadables` route of the portal.

use axum::Json;
use till_wire::{files::DownloadableRead, page::Page};

use crate::{
    actions::downloads::{self, DownloadsQuery},
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::extract::{PageQuery, Params, PortalCaller},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list];

/// List downloads of the customer
///
/// Lists the files that the customer can download now, each with a URL that works for one hour. A member sees their own; the
/// owner also sees those of the customer. Archived files, and files of benefits that were revoked, are left out.
#[utoipa::path(
    get, path = "/v1/customer-portal/downloadables/", operation_id = "customer_portal:downloadables:list",
    params(PageQuery, DownloadsQuery),
    responses((status = 200, description = "Page of files that can be downloaded.", body = Page<DownloadableRead>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<DownloadableRead>> {
    let listed = downloads::list(&caller.app, &caller.viewer, params);
    listed.await.map(Json)
}
