//! Products: the catalogue, and a session of one in two clicks.

mod fill;
mod page;
mod price;

use std::sync::Arc;

use axum::{
    Router,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use till_wire::{
    checkout_links::CheckoutLinkCreate,
    checkouts::CheckoutCreate,
    page::Page,
    products::{Product, ProductBenefitsUpdate, ProductCreate, ProductUpdate},
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer, CreatedResource,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        catalog::checkout_links,
        done,
        form::{FormData, FormErrors, FormPage},
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu},
        resource_pages::{
            CHECKOUT_LINKS, Listed, Made, PRODUCTS, Resource, ResourcePages, Saved, find,
            form_page, form_routes, list_routes, readable,
        },
    },
    error::Result,
    http::{
        extract::{Body, Caller, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Product>(get(page::detail))
        .merge(form_routes::<Product>())
        .route(&PRODUCTS.at("/preview"), post(preview))
        .route(&PRODUCTS.at("/{id}/unarchive"), post(unarchive))
        .route(&PRODUCTS.at("/{id}/checkout"), post(checkout))
        .route(&PRODUCTS.at("/{id}/link"), post(link))
}

/// The price as the customer will see it, while the form is filled in.
async fn preview(_: Dashboard<scope::ProductsRead>, form_data: FormData) -> Response {
    Html(fill::preview(&form_data)).into_response()
}

async fn unarchive(dashboard: Dashboard<scope::ProductsWrite>, PathId(id): PathId) -> Answer {
    let product = change(&dashboard, id, json!({"is_archived": false})).await?;
    let words = format!("{} is for sale again.", product.base.name);
    done(&PRODUCTS.path(&dashboard, id, ""), &words)
}

/// A session of this product; its page shows the link, the QR code and the programs that make the same.
async fn checkout(
    dashboard: Dashboard<scope::CheckoutsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let input = Body(Some(json!({"products": [id]}))).read(CheckoutCreate::read)?;
    let open = async |guard: IdempotencyGuard| {
        actions::checkouts::create(dashboard.caller.clone(), &guard, input).await
    };
    let made: CreatedResource = dashboard.make(&form_data, open).await?;
    done(
        &dashboard.path(&format!("/checkouts/{}", made.id)),
        "The session is open: send its link to the customer.",
    )
}

/// A checkout link to this product; its page shows the address and the QR code.
async fn link(
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let body = json!({"products": [id], "payment_processor": "stripe"});
    let input = Body(Some(body)).read(CheckoutLinkCreate::read)?;
    let make = async |guard: IdempotencyGuard| {
        actions::checkout_links::create(&dashboard.caller, &guard, input).await
    };
    let made: CreatedResource = dashboard.make(&form_data, make).await?;
    let path = CHECKOUT_LINKS.path(&dashboard, made.id, "");
    done(&path, checkout_links::READY)
}

async fn change(
    dashboard: &Dashboard<scope::ProductsWrite>,
    id: Uuid,
    body: Value,
) -> Result<Product> {
    let input = Body(Some(body)).read(ProductUpdate::read)?;
    actions::products::update(&dashboard.caller, id, input).await
}

/// Replaces the product's benefits, if they changed.
async fn include(
    dashboard: &Dashboard<scope::ProductsWrite>,
    id: Uuid,
    benefits: Option<Vec<Uuid>>,
) -> Result<()> {
    if let Some(benefits) = benefits {
        let body = Body(Some(json!({"benefits": benefits})));
        let input = body.read(ProductBenefitsUpdate::read)?;
        let guard = IdempotencyGuard::default();
        actions::products::include(&dashboard.caller, id, &guard, input).await?;
    }
    Ok(())
}

impl Listed for Product {
    type Read = scope::ProductsRead;

    const PAGES: ResourcePages = PRODUCTS;
    const EMPTY: &'static str = "What do you sell? A product has a name and a price; you sell it through a checkout link or from your program.";
    const NEW: Option<&'static str> = Some("Create a product");

    fn id(&self) -> Uuid {
        self.base.id
    }

    fn name(&self) -> String {
        self.base.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::products::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::products::list(caller, params).await
    }

    fn filters(asked: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(asked, "Search by name"),
            Filter::archived(asked, "All products"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Name").by("name"),
            Column::new("Price").by("price_amount"),
            Column::new("Status"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            Cell::Link {
                href: self.path(viewer),
                text: self.base.name.clone(),
                note: Some(page::billing(self)),
            },
            page::price_cell(self),
            page::state(self),
            Cell::time(self.base.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        page::menu(viewer, self)
    }
}

impl Resource for Product {
    type Write = scope::ProductsWrite;

    const VERB: &'static str = "Archive";
    const CONSEQUENCE: &'static str = "It can no longer be bought: new sessions refuse it, and programs that name it get an error. Open sessions, orders and subscriptions are not affected. You can unarchive it.";

    fn fresh(dashboard: &Dashboard<Self::Write>, asked: &ListingQuery) -> FormData {
        fill::fresh(&dashboard.organization, asked.get("from"))
    }

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_product(self, false)
    }

    fn reshape(_: &App, form_data: &mut FormData) -> bool {
        fill::rows_changed(form_data)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        // What a new one is a copy of, if it is one.
        let source = form_data.get(fill::SOURCE).filter(|_| was.is_none());
        let like = match source.and_then(|id| Uuid::try_parse(id).ok()) {
            Some(id) => Some(find::<Self>(dashboard, id).await?),
            None => None,
        };
        let copy = like.as_ref().filter(|_| fill::is_fresh(form_data));
        let copy = copy.map(|product| fill::of_product(product, true));
        let form_data = copy.as_ref().unwrap_or(form_data);
        let (meters, benefits, fields) = tokio::try_join!(
            readable(dashboard, "is_archived=false"),
            readable(dashboard, "sorting=description"),
            readable(dashboard, "sorting=name"),
        )?;
        let choices = fill::Choices::new(meters, benefits, fields, was.or(like.as_ref()));
        let groups = fill::groups(was, choices, form_data);
        let mut page = form_page(dashboard, was, groups, form_data, errors);
        page.form.preview = Some(dashboard.path("/products/preview"));
        page.aside = Some(fill::preview(form_data));
        Ok(page)
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let input = Body(Some(fill::body(form_data, None))).read(ProductCreate::read)?;
        let made = dashboard
            .create(form_data, input, actions::products::create)
            .await?;
        // A new product gets its benefits, unless it is not so new any more: the form may have been sent before.
        let benefits = fill::benefits(form_data, None);
        if benefits.is_some() {
            let product: Self = find(dashboard, made.id).await?;
            let is_new = product.base.modified_at.is_none();
            include(dashboard, made.id, benefits.filter(|_| is_new)).await?;
        }
        let name = made.name.unwrap_or_default();
        Ok((made.id, format!("{name} was created.")))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let id = self.base.id;
        let saved = change(dashboard, id, fill::body(form_data, Some(self))).await?;
        let benefits = fill::benefits(form_data, Some(self));
        include(dashboard, id, benefits).await?;
        Ok(format!("{} was saved.", saved.base.name))
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        let product = change(dashboard, id, json!({"is_archived": true})).await?;
        Ok(format!("{} was archived.", product.base.name))
    }
}
