//! The export of a customer's own data.

use axum::response::Response;
use till_wire::portal::ExportFormat;

use crate::{
    api::operation::{Operation, operations},
    customer_data,
    error::ApiError,
    http::extract::{
        Params, PortalCaller,
        query::{query, word},
    },
    http::limits::ArchiveFor,
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![export];

query! {
    /// The query of an export.
    pub(crate) struct ExportQuery {
        /// Format of the export: `json` (default), or `zip` for an archive with the JSON document and the PDF files of
        /// invoices, receipts and credit notes.
        format: Option<ExportFormat> = word::<ExportFormat>(),
    }
}

/// Export the customer's data
///
/// Returns everything that is kept of the customer as one JSON file: members, orders, payments, subscriptions, letters and
/// more; or as an archive, with documents beside it. Only the owner and billing managers of a customer can export it.
#[utoipa::path(
    get, path = "/v1/customer-portal/customers/me/export", operation_id = "customer_portal:customers:export",
    params(ExportQuery),
    responses((status = 200, description = "Data of the customer, as an attachment.",
        content((Object = "application/json"), (String = "application/zip"))))
)]
async fn export(caller: PortalCaller, mut params: Params) -> Result<Response, ApiError> {
    let viewer = caller.viewer.billing()?;
    let ExportQuery { format } = ExportQuery::read(&mut params);
    params.finish()?;
    let (app, organization, customer) = (&caller.app, &viewer.organization, &viewer.customer);
    match format.unwrap_or(ExportFormat::Json) {
        ExportFormat::Json => customer_data::export(app, organization, customer).await,
        ExportFormat::Zip => {
            customer_data::archive(app, organization, customer, ArchiveFor::Customer).await
        }
    }
}
