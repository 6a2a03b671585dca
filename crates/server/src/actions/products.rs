//! Products and their prices.

use axum::http::StatusCode;
use till_core::{
    catalog::products::{self, ProductWithPrices},
    kernel::records::Product as Row,
};
use till_store::List;
use till_wire::{
    page::Page,
    products::{
        Product, ProductBenefitsUpdate, ProductCreate, ProductUpdate, Visibility, fields_of,
        meters_of,
    },
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{MetadataFilters, Sorted, flag, ids, metadata, query, sorting, text, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("price_amount_type", "price_amount_type"),
    ("price_amount", "price_amount"),
];

query! {
    /// The query of a list of products.
    pub(crate) struct ListQuery {
        /// Filter by ID: only these products.
        id: Vec<Uuid> = ids(),
        /// Search for a part of the name, in any case.
        query: Option<String> = text(),
        /// Filter by archive: true for archived products only, false for the others.
        is_archived: Option<bool> = flag(),
        /// Filter by billing: true for subscriptions only, false for products that are paid once.
        is_recurring: Option<bool> = flag(),
        /// Filter by the ID of a benefit that the product includes.
        benefit_id: Vec<Uuid> = ids(),
        /// Filter by visibility.
        visibility: Vec<Visibility> = words::<Visibility>(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists products.
pub async fn list(
    caller: &Caller<scope::ProductsRead>,
    mut params: Params,
) -> Result<Page<Product>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let own = caller.organization.id;
    let mut list = List::of::<Row>(own)
        .any_of("id", sent.id)
        .any_of("organization_id", params.organizations())
        .any_of("visibility", sent.visibility)
        .holding("benefit_ids", &sent.benefit_id)
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting)
        .contains_ci("name", sent.query.as_deref())
        .any_of("is_archived", sent.is_archived);
    list = match sent.is_recurring {
        Some(true) => list.not_null("recurring_interval"),
        Some(false) => list.is_null("recurring_interval"),
        None => list,
    };
    let (rows, page) = params.page::<Row>(app, list).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut offered = app.store.offered(own, &ids).await?;
    offered.sort_by_key(|one| ids.iter().position(|id| *id == one.product.id));
    Ok(page.of(offered.iter().map(ProductWithPrices::view)))
}

/// Shows a product.
pub async fn get(caller: &Caller<scope::ProductsRead>, id: Uuid) -> Result<Product> {
    let found = caller
        .app
        .store
        .offered(caller.organization.id, &[id])
        .await?;
    Ok(found.first().or_not_found()?.view())
}

/// Creates a product with its prices.
pub async fn create(
    caller: &Caller<scope::ProductsWrite>,
    guard: &IdempotencyGuard,
    input: ProductCreate,
) -> Result<Product> {
    let (app, own) = (&caller.app, &caller.organization);
    let (meters, fields) = (
        meters_of(&input.prices),
        fields_of(&input.attached_custom_fields),
    );
    app.retry_on_conflict(|| async {
        let (subscribers, named) = tokio::try_join!(
            app.store.subscribers(own.id),
            app.store
                .product_references(own.id, &meters, &fields, &input.medias)
        )?;
        let made = products::create(input.clone(), own, &named, &subscribers, &caller.context())?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a product. `prices` is the whole list: prices named by `id` stay, the others are archived.
pub async fn update(
    caller: &Caller<scope::ProductsWrite>,
    id: Uuid,
    input: ProductUpdate,
) -> Result<Product> {
    let (app, own) = (&caller.app, &caller.organization);
    let meters = meters_of(input.prices.as_deref().unwrap_or_default());
    let fields = fields_of(input.attached_custom_fields.as_deref().unwrap_or_default());
    let medias = input.medias.as_deref().unwrap_or_default();
    app.retry_on_conflict(|| async {
        let wanted = [id];
        let links = async {
            match input.is_archived {
                Some(true) => app.store.links_to(own.id, id).await,
                _ => Ok(Vec::new()),
            }
        };
        let (found, subscribers, named, links) = tokio::try_join!(
            app.store.offered(own.id, &wanted),
            app.store.subscribers(own.id),
            app.store
                .product_references(own.id, &meters, &fields, medias),
            links
        )?;
        let (old, ctx) = (found.first().or_not_found()?, caller.context());
        let updated =
            products::update(old, input.clone(), own, &named, &links, &subscribers, &ctx)?;
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Replaces the benefits of a product; their order is the order of display.
pub async fn include(
    caller: &Caller<scope::ProductsWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    input: ProductBenefitsUpdate,
) -> Result<Product> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let wanted = [id];
        let (found, subscribers, benefits) = tokio::try_join!(
            app.store.offered(own, &wanted),
            app.store.subscribers(own),
            app.store.benefits(own, &input.benefits)
        )?;
        let (old, ctx) = (found.first().or_not_found()?, caller.context());
        let updated = products::include(old, input.clone(), &benefits, &subscribers, &ctx)?;
        app.reply(guard, StatusCode::OK, updated, |now| now.view())
            .await
    })
    .await
}
