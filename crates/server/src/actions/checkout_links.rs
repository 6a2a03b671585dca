//! Checkout links.

pub mod visit;

use axum::http::StatusCode;
use till_core::{checkout_links, kernel::records::CheckoutLink as Row};
use till_store::List;
use till_wire::{
    checkout_links::{CheckoutLink, CheckoutLinkCreate, CheckoutLinkUpdate},
    checkouts::Offer,
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, ids, query, sorting},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("label", "label"),
    ("success_url", "success_url"),
    ("allow_discount_codes", "allow_discount_codes"),
];

query! {
    /// The query of a list of links.
    pub(crate) struct ListQuery {
        /// Filter by the ID of a product that the link sells.
        product_id: Vec<Uuid> = ids(),
        sorting: Sorted = sorting(&SORT_KEYS, "created_at"),
    }
}

/// Lists checkout links.
pub async fn list(
    caller: &Caller<scope::CheckoutLinksRead>,
    mut params: Params,
) -> Result<Page<CheckoutLink>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let own = &caller.organization;
    let list = List::of::<Row>(own.id)
        .is_null("deleted_at")
        .any_of("organization_id", params.organizations())
        .holding("product_ids", &sent.product_id)
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(app, list).await?;
    let linked = app.store.linked(own.id, rows).await?;
    Ok(page.of(linked.iter().map(|l| l.view(own, &app.urls))))
}

/// Creates a checkout link.
pub async fn create(
    caller: &Caller<scope::CheckoutLinksWrite>,
    guard: &IdempotencyGuard,
    input: CheckoutLinkCreate,
) -> Result<CheckoutLink> {
    let (app, own) = (&caller.app, &caller.organization);
    let loaded = app
        .store
        .linkable(own.id, &input.offer, input.discount_id)
        .await?;
    let made = checkout_links::create(input, own, loaded, &caller.context())?;
    app.reply(guard, StatusCode::CREATED, made, |linked| {
        linked.view(own, &app.urls)
    })
    .await
}

/// Shows a checkout link.
pub async fn get(caller: &Caller<scope::CheckoutLinksRead>, id: Uuid) -> Result<CheckoutLink> {
    let (app, own) = (&caller.app, &caller.organization);
    let link = app.store.checkout_link(own.id, id).await.or_not_found()?;
    let linked = app.store.linked(own.id, vec![link]).await?;
    Ok(linked.first().or_not_found()?.view(own, &app.urls))
}

/// Changes a checkout link.
pub async fn update(
    caller: &Caller<scope::CheckoutLinksWrite>,
    id: Uuid,
    input: CheckoutLinkUpdate,
) -> Result<CheckoutLink> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let link = app.store.checkout_link(own.id, id).await.or_not_found()?;
        let products = input.products.as_ref().unwrap_or(&link.product_ids.0);
        let discount = input.discount_id.clone().change();
        let loaded = app
            .store
            .linkable(
                own.id,
                &Offer::Products(products.clone()),
                discount.unwrap_or(link.discount_id),
            )
            .await?;
        let updated = checkout_links::update(&link, input.clone(), loaded, &caller.context())?;
        let linked = app.apply(updated).await?;
        Ok(linked.view(own, &app.urls))
    })
    .await
}

/// Deletes a checkout link. Sessions that it has opened stay.
pub async fn delete(caller: &Caller<scope::CheckoutLinksWrite>, id: Uuid) -> Result<()> {
    let app = &caller.app;
    app.retry_on_conflict(|| async {
        let own = caller.organization.id;
        let link = app.store.checkout_link(own, id).await.or_not_found()?;
        app.commit(checkout_links::delete(&link, &caller.context()))
            .await?;
        Ok(())
    })
    .await
}
