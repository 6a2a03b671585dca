//! Customers: each is found by id or by the merchant's own id.

pub mod export;
pub mod members;
pub mod payment_methods;
pub mod portal_members;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jiff::Timestamp;
use till_core::{
    customers::{self, CustomerLookup, STATE_GRANTS, STATE_METERS, erasure},
    kernel::{
        folding::email_key,
        records::{Customer as Row, CustomerBalance},
    },
};
use till_store::{List, StoreError};
use till_wire::{
    customer_state::CustomerState,
    customers::{Customer, CustomerCreate, CustomerUpdate},
    money::Currency,
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{MetadataFilters, Sorted, flag, metadata, moment, query, sorting, text},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("email", "email_key"),
    ("name", "name"),
];

/// The id by which a customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerRef {
    /// By its id.
    Id(Uuid),
    /// By the merchant's own id.
    External(String),
}

impl CustomerRef {
    async fn find(&self, app: &App, organization_id: Uuid) -> Result<Option<Row>, StoreError> {
        match self {
            Self::Id(id) => app.store.customer(organization_id, *id).await,
            Self::External(id) => app.store.customer_by_external_id(organization_id, id).await,
        }
    }

    pub(super) async fn load(&self, app: &App, organization_id: Uuid) -> Result<Row> {
        self.find(app, organization_id).await.or_not_found()
    }
}

query! {
    /// The query of a list of customers.
    pub(crate) struct ListQuery {
        /// Filter by e-mail address: only the customer with this one, in any case.
        email: Option<String> = text(),
        /// Search for a part of the e-mail address or the name, or for the beginning of your own ID, in any case.
        query: Option<String> = text(),
        /// Filter by subscription: true for customers with one that is trialing, active or past due, false for the
        /// others.
        active: Option<bool> = flag(),
        /// Filter by time of creation: only customers after this time.
        created_after: Option<Timestamp> = moment(),
        /// Filter by time of creation: only customers before this time.
        created_before: Option<Timestamp> = moment(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists customers.
pub async fn list(
    caller: &Caller<scope::CustomersRead>,
    mut params: Params,
) -> Result<Page<Customer>> {
    let sent = ListQuery::read(&mut params);
    let mut list = List::of::<Row>(caller.organization.id)
        .is_null("deleted_at")
        .any_of("organization_id", params.organizations())
        .later_than("created_at", sent.created_after)
        .before("created_at", sent.created_before)
        .all_metadata(&sent.metadata)
        .any_of("email_key", sent.email.as_deref().map(email_key))
        .search(
            &["email", "name", "billing_name"],
            &["external_id"],
            sent.query.as_deref(),
        )
        .sorted(sent.sorting);
    if let Some(active) = sent.active {
        list = list.subscribed(active);
    }
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Creates a customer.
pub async fn create(
    caller: &Caller<scope::CustomersWrite>,
    guard: &IdempotencyGuard,
    input: CustomerCreate,
) -> Result<Customer> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let (holders, subscribers) = tokio::try_join!(
            app.store
                .holders(own.id, input.email.as_deref(), input.external_id.as_deref()),
            app.store.subscribers(own.id),
        )?;
        let made = customers::create(
            input.clone(),
            own,
            &holders,
            &subscribers,
            &caller.context(),
        )?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Shows a customer.
pub async fn get(
    caller: &Caller<scope::CustomersRead>,
    customer: &CustomerRef,
) -> Result<Customer> {
    let row = customer.load(&caller.app, caller.organization.id).await?;
    Ok(row.view())
}

/// Changes a customer. What is not sent stays; an external id can be set once.
pub async fn update(
    caller: &Caller<scope::CustomersWrite>,
    customer: &CustomerRef,
    input: CustomerUpdate,
) -> Result<Customer> {
    let (app, own) = (&caller.app, caller.organization.id);
    let lookup = match customer {
        CustomerRef::Id(_) => CustomerLookup::ById,
        CustomerRef::External(_) => CustomerLookup::ByExternalId,
    };
    app.retry_on_conflict(|| async {
        let external_id = input.external_id.as_value().map(String::as_str);
        let (row, holders, subscribers) = tokio::try_join!(
            customer.find(app, own),
            app.store.holders(own, input.email.as_deref(), external_id),
            app.store.subscribers(own),
        )?;
        let (row, ctx) = (row.or_not_found()?, caller.context());
        let owner = app.store.customer_owner(row.id).await?;
        let updated = customers::update(
            &row,
            input.clone(),
            lookup,
            &holders,
            owner.as_ref(),
            &subscribers,
            &ctx,
        )?;
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Deletes a customer: its subscriptions end, its e-mail address and external id are free again. With `anonymize` its
/// personal data is erased, also that of a customer who was deleted before.
pub async fn delete(
    caller: &Caller<scope::CustomersWrite>,
    customer: &CustomerRef,
    anonymize: bool,
) -> Result<()> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let found = customer.find(app, own).await?;
        let row = match (found, customer) {
            (Some(row), _) => row,
            // Whoever was deleted before can still be erased.
            (None, CustomerRef::Id(id)) if anonymize => {
                let gone = app.store.customers(own, &[*id]).await?.pop();
                let changes = erasure::erase_deleted(&gone.or_not_found()?, &caller.context());
                return app.commit(changes).await;
            }
            (None, _) => return Err(ApiError::not_found()),
        };
        let (held, members, seats) = tokio::try_join!(
            app.store.subscriptions_of(row.id),
            app.store.customer_members(row.id),
            app.store.used_seats_of_customer(row.id),
        )?;
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
            (&members, &seats),
            &subscriptions,
            anonymize,
            &subscribers,
            &caller.context(),
        );
        app.commit(changes).await
    })
    .await
}

/// Shows a customer with what it holds now.
pub async fn state(
    caller: &Caller<scope::CustomersRead>,
    customer: &CustomerRef,
) -> Result<CustomerState> {
    let app = &caller.app;
    let row = customer.load(app, caller.organization.id).await?;
    let (subscriptions, grants, meters) = tokio::try_join!(
        app.store.subscriptions_of(row.id),
        app.store.granted_to(row.id, STATE_GRANTS),
        app.store.customer_meters_of(row.id, STATE_METERS),
    )?;
    let prices = app.store.prices_of(&subscriptions).await?;
    let parts = app.store.usage_parts(&subscriptions, &prices).await?;
    Ok(customers::state(
        &row,
        &subscriptions,
        &prices,
        &parts,
        &grants,
        &meters,
    ))
}

/// Money of a customer.
#[derive(Debug)]
pub struct CustomerValue {
    /// Sums that they paid for orders, tax included, without what they got back; minor units by currency.
    pub paid: BTreeMap<Currency, i64>,
    /// Their balances, by currency.
    pub balances: Vec<CustomerBalance>,
}

/// Sums that a customer paid, and their balance.
pub async fn value(
    caller: &Caller<scope::PaymentsRead>,
    customer_id: Uuid,
) -> Result<CustomerValue> {
    let (store, own) = (&caller.app.store, caller.organization.id);
    let customers = [customer_id];
    let (paid, mut balances) = tokio::try_join!(
        store.paid_by_customer(own, customer_id),
        store.balances(&customers),
    )?;
    balances.retain(|balance| balance.organization_id == own);
    Ok(CustomerValue { paid, balances })
}
