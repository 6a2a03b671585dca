//! Products: the catalogue, and a session of one in two clicks.

mod fill;
mod page;
mod price;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use till_wire::products::Product;
use uuid::Uuid;

use super::{
    Answer, Made, done,
    form::{FormData, FormErrors, FormPage, judged},
    listing::{Asked, Column, Empty, Filter, Listing, Row},
    parts::Cell,
    show, show_again,
};
use crate::dashboard::resource_pages::{self, PRODUCTS, readable};
use crate::{
    api,
    app::App,
    http::{
        error::ApiError,
        extract::{Access, Body, Dashboard, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let new = get(new).post(create);
    let edit = get(edit).post(update);
    let archive = get(ask_archive).post(archive);
    PRODUCTS
        .routes(get(list), new, get(page::sheet), edit, ("archive", archive))
        .route(&PRODUCTS.at("/preview"), post(preview))
        .route(&PRODUCTS.at("/{id}/unarchive"), post(unarchive))
        .route(&PRODUCTS.at("/{id}/checkout"), post(checkout))
}

async fn list(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::products::list(State(app.clone()), dashboard.caller.clone(), params);
    let page = asked.ask(("", ""), &dashboard.zone, find).await?;
    let columns = vec![
        Column::new("Name").by("name"),
        Column::new("Price").by("price_amount"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
    ];
    let filters = [
        Filter::search(&asked, "Search by name"),
        Filter::archived(&asked, "All products"),
    ];
    let empty = Empty {
        words: "What do you sell? A product has a name and a price; its id is what your program sells it by.",
        step: Some(("Create a product", PRODUCTS.new_at(&dashboard))),
    };
    let row = |product: &Product| {
        let href = PRODUCTS.path(&dashboard, product.base.id, "");
        Row::new(vec![
            Cell::Link {
                href,
                text: product.base.name.clone(),
                note: Some(page::billing(product)),
            },
            page::price_cell(product),
            page::state(product),
            Cell::time(product.base.created_at, &dashboard.zone),
        ])
        .menu(page::menu(&dashboard, &app, product))
    };
    let list = Listing::of(asked, "Products", columns, &page, row, empty).filters(filters);
    PRODUCTS.page(&dashboard, list)
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<Product, ApiError> {
    resource_pages::one(app, dashboard, id, api::products::get).await
}

/// The form for a new product, or for the one that it `was`; `like` is what a new one is a copy of.
async fn form_page<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    (was, like): (Option<&Product>, Option<&Product>),
    form_data: &FormData,
    errors: &FormErrors,
) -> Result<FormPage, ApiError> {
    let (meters, benefits, fields) = tokio::try_join!(
        readable(app, dashboard, "is_archived=false", api::meters::list),
        readable(app, dashboard, "sorting=description", api::benefits::list),
        readable(app, dashboard, "sorting=name", api::custom_fields::list),
    )?;
    let choices = fill::Choices::new(meters, benefits, fields, was.or(like));
    let this = was.map(|product| (product.base.id, product.base.name.as_str()));
    let groups = fill::groups(was, choices, form_data);
    let mut page = PRODUCTS.form(dashboard, this, groups, form_data, errors);
    page.form.preview = Some(dashboard.path("/products/preview"));
    page.aside = Some(fill::preview(form_data));
    Ok(page)
}

/// What a new product is a copy of, if it is one.
async fn source<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Option<&str>,
) -> Result<Option<Product>, ApiError> {
    match id.and_then(|id| Uuid::try_parse(id).ok()) {
        Some(id) => find(app, dashboard, id).await.map(Some),
        None => Ok(None),
    }
}

async fn new(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    asked: Asked,
) -> Answer {
    let like = source(&app, &dashboard, asked.get("from")).await?;
    let form_data = match &like {
        Some(product) => fill::of_product(product, true),
        None => fill::fresh(&dashboard.caller.organization),
    };
    let whose = (None, like.as_ref());
    show(&form_page(&app, &dashboard, whose, &form_data, &FormErrors::default()).await?)
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    mut form_data: FormData,
) -> Answer {
    let like = source(&app, &dashboard, form_data.get(fill::SOURCE)).await?;
    let whose = (None, like.as_ref());
    if fill::rows_changed(&mut form_data) {
        return show(
            &form_page(&app, &dashboard, whose, &form_data, &FormErrors::default()).await?,
        );
    }
    let body = Body(Some(fill::body(&form_data, None)));
    let create =
        |guard| api::products::create(State(app.clone()), dashboard.caller.clone(), guard, body);
    match judged(
        dashboard
            .idempotency_guard(&app, &form_data)?
            .make(&app, create)
            .await,
    )? {
        Ok(Made { id, name, .. }) => {
            include_first(&app, &dashboard, id, fill::benefits(&form_data, None)).await?;
            done(
                &PRODUCTS.path(&dashboard, id, ""),
                &format!("{} was created.", name.unwrap_or_default()),
            )
        }
        Err(errors) => show_again(&form_page(&app, &dashboard, whose, &form_data, &errors).await?),
    }
}

/// Gives a new product its benefits, unless it is not so new any more: the form may have been sent before.
async fn include_first(
    app: &Arc<App>,
    dashboard: &Dashboard<scope::ProductsWrite>,
    id: Uuid,
    benefits: Option<Vec<Uuid>>,
) -> Result<(), ApiError> {
    if benefits.is_none() || find(app, dashboard, id).await?.base.modified_at.is_some() {
        return Ok(());
    }
    include(app, dashboard, id, benefits).await
}

/// Replaces the product's benefits, if they changed.
async fn include(
    app: &Arc<App>,
    dashboard: &Dashboard<scope::ProductsWrite>,
    id: Uuid,
    benefits: Option<Vec<Uuid>>,
) -> Result<(), ApiError> {
    if let Some(benefits) = benefits {
        let (app, caller) = (State(app.clone()), dashboard.caller.clone());
        let body = Body(Some(json!({"benefits": benefits})));
        let Json(_) =
            api::products::include(app, caller, PathId(id), IdempotencyGuard::default(), body)
                .await?;
    }
    Ok(())
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = find(&app, &dashboard, id).await?;
    let form_data = fill::of_product(&product, false);
    let whose = (Some(&product), None);
    show(&form_page(&app, &dashboard, whose, &form_data, &FormErrors::default()).await?)
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
    mut form_data: FormData,
) -> Answer {
    let product = find(&app, &dashboard, id).await?;
    let whose = (Some(&product), None);
    if fill::rows_changed(&mut form_data) {
        return show(
            &form_page(&app, &dashboard, whose, &form_data, &FormErrors::default()).await?,
        );
    }
    let body = fill::body(&form_data, Some(&product));
    match judged(change(&app, &dashboard, id, body).await)? {
        Ok(saved) => {
            include(
                &app,
                &dashboard,
                id,
                fill::benefits(&form_data, Some(&product)),
            )
            .await?;
            let words = format!("{} was saved.", saved.base.name);
            done(&PRODUCTS.path(&dashboard, id, ""), &words)
        }
        Err(errors) => show_again(&form_page(&app, &dashboard, whose, &form_data, &errors).await?),
    }
}

async fn change(
    app: &Arc<App>,
    dashboard: &Dashboard<scope::ProductsWrite>,
    id: Uuid,
    body: serde_json::Value,
) -> Result<Product, ApiError> {
    let caller = dashboard.caller.clone();
    let changed =
        api::products::update(State(app.clone()), caller, PathId(id), Body(Some(body))).await?;
    Ok(changed.0)
}

/// The price as the customer will see it, while the form is filled in.
async fn preview(_: Dashboard<scope::ProductsRead>, form_data: FormData) -> Response {
    Html(fill::preview(&form_data)).into_response()
}

async fn ask_archive(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = find(&app, &dashboard, id).await?;
    let words = "It can no longer be bought: new sessions refuse it, and programs that name it get an error. \
                 Sessions that are open already, orders and subscriptions stay. You can unarchive it.";
    PRODUCTS.ask(&dashboard, (id, &product.base.name), "Archive", words)
}

async fn archive(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = change(&app, &dashboard, id, json!({"is_archived": true})).await?;
    let words = format!("{} was archived.", product.base.name);
    done(&PRODUCTS.path(&dashboard, id, ""), &words)
}

async fn unarchive(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = change(&app, &dashboard, id, json!({"is_archived": false})).await?;
    let words = format!("{} is for sale again.", product.base.name);
    done(&PRODUCTS.path(&dashboard, id, ""), &words)
}

/// A session of this product; its page shows the link, the QR code and the programs that make the same.
async fn checkout(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let body = Body(Some(json!({"products": [id]})));
    let open =
        |guard| api::checkouts::create(State(app.clone()), dashboard.caller.clone(), guard, body);
    let made: Made = dashboard
        .idempotency_guard(&app, &form_data)?
        .make(&app, open)
        .await?;
    done(
        &dashboard.path(&format!("/checkouts/{}", made.id)),
        "The session is open: send its link to the customer.",
    )
}
