//! The `customers` routes: each by id and by the merchant's own id.

pub(crate) mod export;
pub(crate) mod members;
pub(crate) mod payment_methods;

use axum::{Json, http::StatusCode};
use till_wire::{
    customer_state::CustomerState,
    customers::{Customer, CustomerCreate, CustomerUpdate},
    page::Page,
};

use super::{
    Created, NoContent, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::customers::{self, CustomerRef, ListQuery},
    http::{
        extract::{
            Body, Caller, ExternalId, OrganizationQuery, PageQuery, Params, PathId,
            query::{query, switch},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    create,
    get,
    update,
    delete,
    get_external,
    update_external,
    delete_external,
    state,
    state_external
];

/// List customers
///
/// Lists the customers of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/customers/", operation_id = "customers:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of customers.", body = Page<Customer>))
)]
async fn list(caller: Caller<scope::CustomersRead>, params: Params) -> Reply<Page<Customer>> {
    customers::list(&caller, params).await.map(Json)
}

/// Create a customer
///
/// Creates a customer. This is not necessary before a purchase, which creates its own customer.
#[utoipa::path(
    post, path = "/v1/customers/", operation_id = "customers:create",
    request_body(content = CustomerCreate, description = "Customer to create."),
    responses((status = 201, description = "Customer that was created.", body = Customer))
)]
async fn create(
    caller: Caller<scope::CustomersWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Customer> {
    let input = body.read(CustomerCreate::read)?;
    customers::create(&caller, &guard, input).await.map(created)
}

/// Get a customer
///
/// Returns one customer.
#[utoipa::path(
    get, path = "/v1/customers/{id}", operation_id = "customers:get",
    responses((status = 200, description = "Customer with this ID.", body = Customer))
)]
async fn get(caller: Caller<scope::CustomersRead>, PathId(id): PathId) -> Reply<Customer> {
    let customer = CustomerRef::Id(id);
    customers::get(&caller, &customer).await.map(Json)
}

/// Get a customer by external ID
///
/// Returns the customer who has your own ID.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}", operation_id = "customers:get_external",
    params(("external_id" = String, Path, description = "Your own ID of the customer.")),
    responses((status = 200, description = "Customer with this external ID.", body = Customer))
)]
async fn get_external(
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
) -> Reply<Customer> {
    let customer = CustomerRef::External(id);
    customers::get(&caller, &customer).await.map(Json)
}

/// Update a customer
///
/// Changes a customer. `external_id` can be set once, and cannot be changed afterwards.
#[utoipa::path(
    patch, path = "/v1/customers/{id}", operation_id = "customers:update",
    request_body(content = CustomerUpdate, description = "Fields to change."),
    responses((status = 200, description = "Customer after the change.", body = Customer))
)]
async fn update(
    caller: Caller<scope::CustomersWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Customer> {
    let input = body.read(CustomerUpdate::read)?;
    let customer = CustomerRef::Id(id);
    customers::update(&caller, &customer, input).await.map(Json)
}

/// Update a customer by external ID
///
/// Changes the customer who has your own ID. `external_id` and `type` in the body are ignored.
#[utoipa::path(
    patch, path = "/v1/customers/external/{external_id}", operation_id = "customers:update_external",
    params(("external_id" = String, Path, description = "Your own ID of the customer.")),
    request_body(content = CustomerUpdate, description = "Fields to change."),
    responses((status = 200, description = "Customer after the change.", body = Customer))
)]
async fn update_external(
    caller: Caller<scope::CustomersWrite>,
    ExternalId(id): ExternalId,
    body: Body,
) -> Reply<Customer> {
    let input = body.read(CustomerUpdate::read)?;
    let customer = CustomerRef::External(id);
    customers::update(&caller, &customer, input).await.map(Json)
}

query! {
    /// Manner in which a customer is deleted.
    struct DeletionQuery {
        /// True to replace the customer's personal data, such as name and e-mail address, by hashes.
        anonymize: bool = switch(),
    }
}

async fn end(
    caller: &Caller<scope::CustomersWrite>,
    customer: &CustomerRef,
    mut params: Params,
) -> NoContent {
    let DeletionQuery { anonymize } = DeletionQuery::read(&mut params);
    params.finish()?;
    customers::delete(caller, customer, anonymize).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a customer
///
/// Deletes a customer. Their subscriptions end at once, and their e-mail address and external ID can be used again.
/// Orders and payments are kept.
#[utoipa::path(
    delete, path = "/v1/customers/{id}", operation_id = "customers:delete",
    params(DeletionQuery),
    responses((status = 204, description = "The customer was deleted; the response has no body."))
)]
async fn delete(
    caller: Caller<scope::CustomersWrite>,
    PathId(id): PathId,
    params: Params,
) -> NoContent {
    end(&caller, &CustomerRef::Id(id), params).await
}

/// Delete a customer by external ID
///
/// Deletes the customer who has your own ID. Their subscriptions end at once, and their e-mail address and external
/// ID can be used again.
#[utoipa::path(
    delete, path = "/v1/customers/external/{external_id}", operation_id = "customers:delete_external",
    params(("external_id" = String, Path, description = "Your own ID of the customer."), DeletionQuery),
    responses((status = 204, description = "The customer was deleted; the response has no body."))
)]
async fn delete_external(
    caller: Caller<scope::CustomersWrite>,
    ExternalId(id): ExternalId,
    params: Params,
) -> NoContent {
    end(&caller, &CustomerRef::External(id), params).await
}

/// Get the state of a customer
///
/// Returns a customer together with their active subscriptions: everything that your application needs to decide on
/// access.
#[utoipa::path(
    get, path = "/v1/customers/{id}/state", operation_id = "customers:get_state",
    responses((status = 200, description = "State of the customer.", body = CustomerState))
)]
async fn state(caller: Caller<scope::CustomersRead>, PathId(id): PathId) -> Reply<CustomerState> {
    let customer = CustomerRef::Id(id);
    customers::state(&caller, &customer).await.map(Json)
}

/// Get the state of a customer by external ID
///
/// Returns the customer who has your own ID, together with their active subscriptions.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}/state", operation_id = "customers:get_state_external",
    params(("external_id" = String, Path, description = "Your own ID of the customer.")),
    responses((status = 200, description = "State of the customer.", body = CustomerState))
)]
async fn state_external(
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
) -> Reply<CustomerState> {
    let customer = CustomerRef::External(id);
    customers::state(&caller, &customer).await.map(Json)
}
