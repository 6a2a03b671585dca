//! The `customers` routes: each by id and by the merchant's own id.

pub(crate) mod export;

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use till_core::{
    customers::{self, Addressed},
    kernel::{folding::email_key, records::Customer as Row},
};
use till_store::{List, StoreError};
use till_wire::{
    customer_state::CustomerState,
    customers::{Customer, CustomerCreate, CustomerUpdate},
    page::Page,
};
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, ExternalId, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{
                MetadataFilters, Sorted, flag, metadata, moment, query, sorting, switch, text,
            },
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

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("email", "email_key"),
    ("name", "name"),
];

/// Which customer an address names.
enum Named {
    Id(Uuid),
    External(String),
}

impl Named {
    async fn find(&self, app: &App, organization_id: Uuid) -> Result<Option<Row>, StoreError> {
        match self {
            Named::Id(id) => app.store.customer(organization_id, *id).await,
            Named::External(id) => app.store.customer_by_external_id(organization_id, id).await,
        }
    }

    async fn load(&self, app: &App, organization_id: Uuid) -> Result<Row, ApiError> {
        self.find(app, organization_id).await.found()
    }
}

query! {
    /// What a list of customers may be asked for.
    struct ListQuery {
        /// Only the customer of this e-mail address, in any case.
        email: Option<String> = text(),
        /// Only customers whose e-mail or name contains this, or whose external id starts with it, in any case.
        query: Option<String> = text(),
        /// Only customers with a trialing, active or past due subscription, or only others.
        active: Option<bool> = flag(),
        /// Only made after this moment.
        created_after: Option<Timestamp> = moment(),
        /// Only made before this moment.
        created_before: Option<Timestamp> = moment(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists customers.
#[utoipa::path(
    get, path = "/v1/customers/", operation_id = "customers:list", tag = "customers",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Customer>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    mut params: Params,
) -> Result<Json<Page<Customer>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let mut list = List::of::<Row>(caller.organization.id)
        .is_null("deleted_at")
        .ids("organization_id", params.organizations())
        .later("created_at", sent.created_after)
        .earlier("created_at", sent.created_before)
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting);
    if let Some(email) = sent.email {
        list = list.texts("email_key", vec![email_key(&email)]);
    }
    if let Some(text) = sent.query {
        list = list.search(&["email", "name", "billing_name"], &["external_id"], &text);
    }
    if let Some(active) = sent.active {
        list = list.subscribed(active);
    }
    let (rows, page) = params.page::<Row>(&app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Creates a customer.
#[utoipa::path(
    post, path = "/v1/customers/", operation_id = "customers:create", tag = "customers",
    request_body = CustomerCreate,
    responses((status = 201, description = "The new customer.", body = Customer)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<Customer>), ApiError> {
    let input = body.read(CustomerCreate::read)?;
    let own = &caller.organization;
    app.retry_on_conflict(|| async {
        let (holders, subscribers) = tokio::try_join!(
            app.store
                .holders(own.id, Some(&input.email), input.external_id.as_deref()),
            app.store.subscribers(own.id),
        )?;
        let made = customers::create(input.clone(), own, &holders, &subscribers, &app.context())?;
        app.reply(&guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Shows a customer.
#[utoipa::path(
    get, path = "/v1/customers/{id}", operation_id = "customers:get", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer.")),
    responses((status = 200, description = "The customer.", body = Customer)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    PathId(id): PathId,
) -> Result<Json<Customer>, ApiError> {
    Ok(Json(
        Named::Id(id)
            .load(&app, caller.organization.id)
            .await?
            .view(),
    ))
}

/// Shows a customer by the merchant's own id.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}", operation_id = "customers:get_external", tag = "customers",
    params(("external_id" = String, Path, description = "The merchant's own id.")),
    responses((status = 200, description = "The customer.", body = Customer)),
    security(("access_token" = []))
)]
async fn get_external(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
) -> Result<Json<Customer>, ApiError> {
    Ok(Json(
        Named::External(id)
            .load(&app, caller.organization.id)
            .await?
            .view(),
    ))
}

async fn change(
    app: &App,
    caller: &Caller<scope::CustomersWrite>,
    named: &Named,
    body: &Body,
) -> Result<Json<Customer>, ApiError> {
    let input = body.read(CustomerUpdate::read)?;
    let own = caller.organization.id;
    let addressed = match named {
        Named::Id(_) => Addressed::ById,
        Named::External(_) => Addressed::ByExternalId,
    };
    app.retry_on_conflict(|| async {
        let external_id = input.external_id.as_value().map(String::as_str);
        let (row, holders, subscribers) = tokio::try_join!(
            named.find(app, own),
            app.store.holders(own, input.email.as_deref(), external_id),
            app.store.subscribers(own),
        )?;
        let (row, ctx) = (row.found()?, app.context());
        let updated =
            customers::update(&row, input.clone(), addressed, &holders, &subscribers, &ctx)?;
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}

/// Changes a customer. What is not sent stays; an external id can be set once.
#[utoipa::path(
    patch, path = "/v1/customers/{id}", operation_id = "customers:update", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer.")),
    request_body = CustomerUpdate,
    responses((status = 200, description = "The changed customer.", body = Customer)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Customer>, ApiError> {
    change(&app, &caller, &Named::Id(id), &body).await
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
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersWrite>,
    ExternalId(id): ExternalId,
    body: Body,
) -> Result<Json<Customer>, ApiError> {
    change(&app, &caller, &Named::External(id), &body).await
}

query! {
    /// How a customer is deleted.
    struct DeletionQuery {
        /// Also replace the customer's personal data.
        anonymize: bool = switch(),
    }
}

async fn end(
    app: &App,
    caller: &Caller<scope::CustomersWrite>,
    named: &Named,
    mut params: Params,
) -> Result<StatusCode, ApiError> {
    let DeletionQuery { anonymize } = DeletionQuery::read(&mut params);
    params.finish()?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = named.load(app, own).await?;
        let held = app.store.subscriptions_of(row.id).await?;
        let products: Vec<_> = held.iter().map(|s| s.product_id).collect();
        let discounts: Vec<_> = held.iter().filter_map(|s| s.discount_id).collect();
        let (offered, discounts, subscribers) = tokio::try_join!(
            app.store.offered(own, &products),
            app.store.discounts(own, &discounts),
            app.store.subscribers(own)
        )?;
        let default = caller.organization.default_currency;
        let subscriptions: Vec<_> = held
            .into_iter()
            .filter_map(|s| {
                let offered = offered.iter().find(|o| o.product.id == s.product_id)?;
                let discount = discounts.iter().find(|d| Some(d.id) == s.discount_id);
                let discount = discount.map(|d| d.base(default));
                Some((s, offered.clone(), discount))
            })
            .collect();
        let changes = customers::delete(
            &row,
            &subscriptions,
            anonymize,
            &subscribers,
            &app.context(),
        );
        app.commit(changes).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Deletes a customer: its subscriptions end, its e-mail address and external id are free again.
#[utoipa::path(
    delete, path = "/v1/customers/{id}", operation_id = "customers:delete", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer."), DeletionQuery),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersWrite>,
    PathId(id): PathId,
    params: Params,
) -> Result<StatusCode, ApiError> {
    end(&app, &caller, &Named::Id(id), params).await
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
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersWrite>,
    ExternalId(id): ExternalId,
    params: Params,
) -> Result<StatusCode, ApiError> {
    end(&app, &caller, &Named::External(id), params).await
}

async fn state_of(
    app: &App,
    organization_id: Uuid,
    named: Named,
) -> Result<Json<CustomerState>, ApiError> {
    let row = named.load(app, organization_id).await?;
    let subscriptions = app.store.subscriptions_of(row.id).await?;
    let prices = app.store.prices_of(&subscriptions).await?;
    Ok(Json(customers::state(&row, &subscriptions, &prices)))
}

/// Shows a customer with what it holds now.
#[utoipa::path(
    get, path = "/v1/customers/{id}/state", operation_id = "customers:get_state", tag = "customers",
    params(("id" = Uuid, Path, description = "The customer.")),
    responses((status = 200, description = "The customer's state.", body = CustomerState)),
    security(("access_token" = []))
)]
pub(crate) async fn state(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    PathId(id): PathId,
) -> Result<Json<CustomerState>, ApiError> {
    state_of(&app, caller.organization.id, Named::Id(id)).await
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
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomersRead>,
    ExternalId(id): ExternalId,
) -> Result<Json<CustomerState>, ApiError> {
    state_of(&app, caller.organization.id, Named::External(id)).await
}
