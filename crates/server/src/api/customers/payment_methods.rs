//! Payment methods that customers have saved.

use axum::Json;
use till_wire::{page::Page, payment_methods::PaymentMethod};

use crate::{
    actions::customers::{CustomerRef, payment_methods},
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::extract::{Caller, ExternalId, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![list, list_external];

/// List payment methods of a customer
///
/// Lists the payment methods that a customer has saved, newest first.
#[utoipa::path(
    get, path = "/v1/customers/{id}/payment-methods", operation_id = "customers:list_payment_methods",
    params(PageQuery),
    responses((status = 200, description = "Page of payment methods.", body = Page<PaymentMethod>))
)]
async fn list(
    caller: Caller<scope::CustomersRead>,
    PathId(id): PathId,
    params: Params,
) -> Reply<Page<PaymentMethod>> {
    let customer = CustomerRef::Id(id);
    let listed = payment_methods::list(&caller, &customer, params);
    listed.await.map(Json)
}

/// List payment methods of a customer by external ID
///
/// Lists the payment methods that the customer who has your own ID has saved, newest first.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}/payment-methods",
    operation_id = "customers:list_payment_methods_external",
    params(("external_id" = String, Path, description = "Your own ID of the customer."), PageQuery),
    responses((status = 200, description = "Page of payment methods.", body = Page<PaymentMethod>))
)]
async fn list_external(
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
    params: Params,
) -> Reply<Page<PaymentMethod>> {
    let customer = CustomerRef::External(id);
    let listed = payment_methods::list(&caller, &customer, params);
    listed.await.map(Json)
}
