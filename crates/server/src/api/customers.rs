//! The `customers` routes: each by id and by the merchant's own id.

pub(crate) mod export;

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

/// Lists customers.
#[utoipa::path(
    get, path = "/v1/customers/", operation_id = "customers:list", tag = "customers",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Customer>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::CustomersRead>, params: Params) -> Reply<Page<Customer>> {
    customers::list(&caller, params).await.map(Json)
}

/// Creates a customer.
#[utoipa::path(
    post, path = "/v1/customers/", operation_id = "customers:create", tag = "customers",
    request_body = CustomerCreate,
    responses((status = 201, description = "The new customer.", body = Customer)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::CustomersWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Customer> {
    let input = body.read(CustomerCreate::read)?;
    customers::create(&caller, &guard, input).await.map(created)
}

/// Shows a customer.
#[utoipa::path(
    get, path = "/v1/customers/{id}", operation_id = "customers:get", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer.")),
    responses((status = 200, description = "The customer.", body = Customer)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::CustomersRead>, PathId(id): PathId) -> Reply<Customer> {
    let customer = CustomerRef::Id(id);
    customers::get(&caller, &customer).await.map(Json)
}

/// Shows a customer by the merchant's own id.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}", operation_id = "customers:get_external", tag = "customers",
    params(("external_id" = String, Path, description = "The merchant's own id.")),
    responses((status = 200, description = "The customer.", body = Customer)),
    security(("access_token" = []))
)]
async fn get_external(
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
) -> Reply<Customer> {
    let customer = CustomerRef::External(id);
    customers::get(&caller, &customer).await.map(Json)
}

/// Changes a customer. What is not sent stays; an external id can be set once.
#[utoipa::path(
    patch, path = "/v1/customers/{id}", operation_id = "customers:update", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer.")),
    request_body = CustomerUpdate,
    responses((status = 200, description = "The changed customer.", body = Customer)),
    security(("access_token" = []))
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

/// Changes a customer by the merchant's own id; `external_id` and `type` are ignored.
#[utoipa::path(
    patch, path = "/v1/customers/external/{external_id}", operation_id = "customers:update_external",
    tag = "customers",
    params(("external_id" = String, Path, description = "The merchant's own id.")),
    request_body = CustomerUpdate,
    responses((status = 200, description = "The changed customer.", body = Customer)),
    security(("access_token" = []))
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
    /// How a customer is deleted.
    struct DeletionQuery {
        /// Also replace the customer's personal data.
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

/// Deletes a customer: its subscriptions end, its e-mail address and external id are free again.
#[utoipa::path(
    delete, path = "/v1/customers/{id}", operation_id = "customers:delete", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer."), DeletionQuery),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete(
    caller: Caller<scope::CustomersWrite>,
    PathId(id): PathId,
    params: Params,
) -> NoContent {
    end(&caller, &CustomerRef::Id(id), params).await
}

/// Deletes a customer by the merchant's own id.
#[utoipa::path(
    delete, path = "/v1/customers/external/{external_id}", operation_id = "customers:delete_external",
    tag = "customers",
    params(("external_id" = String, Path, description = "The merchant's own id."), DeletionQuery),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete_external(
    caller: Caller<scope::CustomersWrite>,
    ExternalId(id): ExternalId,
    params: Params,
) -> NoContent {
    end(&caller, &CustomerRef::External(id), params).await
}

/// Shows a customer with what it holds now.
#[utoipa::path(
    get, path = "/v1/customers/{id}/state", operation_id = "customers:get_state", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer.")),
    responses((status = 200, description = "The customer's state.", body = CustomerState)),
    security(("access_token" = []))
)]
async fn state(caller: Caller<scope::CustomersRead>, PathId(id): PathId) -> Reply<CustomerState> {
    let customer = CustomerRef::Id(id);
    customers::state(&caller, &customer).await.map(Json)
}

/// Shows a customer, by the merchant's own id, with what it holds now.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}/state", operation_id = "customers:get_state_external",
    tag = "customers",
    params(("external_id" = String, Path, description = "The merchant's own id.")),
    responses((status = 200, description = "The customer's state.", body = CustomerState)),
    security(("access_token" = []))
)]
async fn state_external(
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
) -> Reply<CustomerState> {
    let customer = CustomerRef::External(id);
    customers::state(&caller, &customer).await.map(Json)
}
