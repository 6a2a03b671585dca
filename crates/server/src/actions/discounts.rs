//! Discounts.

use axum::http::StatusCode;
use till_core::{
    discounts,
    kernel::records::{Discount as Row, Product},
};
use till_store::List;
use till_wire::{
    discounts::{Discount, DiscountCreate, DiscountUpdate},
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, query, sorting, text},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 5] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("code", "code"),
    ("redemptions_count", "redemptions_count"),
    ("ends_at", "ends_at"),
];

query! {
    /// The query of a list of discounts.
    pub(crate) struct ListQuery {
        /// Search for a part of the name or the code, in any case.
        query: Option<String> = text(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists discounts.
pub async fn list(
    caller: &Caller<scope::DiscountsRead>,
    mut params: Params,
) -> Result<Page<Discount>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let own = &caller.organization;
    let list = List::of::<Row>(own.id)
        .any_of("organization_id", params.organizations())
        .is_null("deleted_at")
        .sorted(sent.sorting)
        .search(&["name", "code"], &[], sent.query.as_deref());
    let (rows, page) = params.page::<Row>(app, list).await?;
    let known = products(app, own.id, rows.iter().flat_map(|row| &row.product_ids.0)).await?;
    let view = |row: &Row| row.view(own.default_currency, &known);
    Ok(page.of(rows.iter().map(view)))
}

/// The products that discounts are for.
async fn products<'a>(
    app: &App,
    own: Uuid,
    ids: impl Iterator<Item = &'a Uuid>,
) -> Result<Vec<Product>> {
    let ids: Vec<Uuid> = ids.copied().collect();
    Ok(app.store.bare_products(own, &ids).await?)
}

/// The live discount that has a code.
async fn holder(app: &App, own: Uuid, code: Option<&String>) -> Result<Option<Row>> {
    match code {
        Some(code) => Ok(app.store.discount_by_code(own, code).await?),
        None => Ok(None),
    }
}

/// Shows a discount.
pub async fn get(caller: &Caller<scope::DiscountsRead>, id: Uuid) -> Result<Discount> {
    let (app, own) = (&caller.app, &caller.organization);
    let row = app.store.discount(own.id, id).await.or_not_found()?;
    let known = products(app, own.id, row.product_ids.iter()).await?;
    Ok(row.view(own.default_currency, &known))
}

/// Creates a discount.
pub async fn create(
    caller: &Caller<scope::DiscountsWrite>,
    guard: &IdempotencyGuard,
    input: DiscountCreate,
) -> Result<Discount> {
    let (app, own) = (&caller.app, &caller.organization);
    // Who comes second with a code meets the index, and is told when the code is looked up again.
    app.retry_on_conflict(|| async {
        let (known, holder, subscribers) = tokio::try_join!(
            products(app, own.id, input.products.iter()),
            holder(app, own.id, input.code.as_ref()),
            async { Ok(app.store.subscribers(own.id).await?) },
        )?;
        let holder = holder.as_ref();
        let made = discounts::create(
            input.clone(),
            own,
            &known,
            holder,
            &subscribers,
            &caller.context(),
        )?;
        app.reply(guard, StatusCode::CREATED, made, |now| now).await
    })
    .await
}

/// Changes a discount. What it is worth stays once it has been used.
pub async fn update(
    caller: &Caller<scope::DiscountsWrite>,
    id: Uuid,
    input: DiscountUpdate,
) -> Result<Discount> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let row = app.store.discount(own.id, id).await.or_not_found()?;
        let wanted = input.products.as_value().into_iter().flatten();
        let (known, holder, subscribers) = tokio::try_join!(
            products(app, own.id, row.product_ids.iter().chain(wanted)),
            holder(app, own.id, input.code.as_value()),
            async { Ok(app.store.subscribers(own.id).await?) },
        )?;
        let (holder, ctx) = (holder.as_ref(), caller.context());
        let updated =
            discounts::update(&row, input.clone(), own, &known, holder, &subscribers, &ctx)?;
        app.apply(updated).await
    })
    .await
}

/// Deletes a discount: its code is free again. A session that has it already may still be paid with it.
pub async fn delete(caller: &Caller<scope::DiscountsWrite>, id: Uuid) -> Result<()> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let row = app.store.discount(own.id, id).await.or_not_found()?;
        let (known, subscribers) =
            tokio::try_join!(products(app, own.id, row.product_ids.iter()), async {
                Ok(app.store.subscribers(own.id).await?)
            },)?;
        let changes = discounts::delete(&row, own, &known, &subscribers, &caller.context());
        app.commit(changes).await?;
        Ok(())
    })
    .await
}
