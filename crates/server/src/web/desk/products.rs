//! Products: the catalogue, and a session of one in two clicks (lifecycle.md I.2).

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
    form::{FormPage, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, Filter, Listing, Row},
    parts::Cell,
    shelf::{self, PRODUCTS, readable},
    show, show_again,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Body, Desk, PathId, scope},
    idempotency::Once,
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
    desk: Desk<scope::ProductsRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::products::list(State(app.clone()), desk.caller.clone(), params);
    let page = asked.ask(("", ""), &desk.zone, find).await?;
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
        step: Some(("Create a product", PRODUCTS.new_at(&desk))),
    };
    let row = |product: &Product| {
        let href = PRODUCTS.path(&desk, product.base.id, "");
        Row::new(vec![
            Cell::Link {
                href,
                text: product.base.name.clone(),
                note: Some(page::billing(product)),
            },
            page::price_cell(product),
            page::state(product),
            Cell::time(product.base.created_at, &desk.zone),
        ])
        .menu(page::menu(&desk, &app, product))
    };
    let list = Listing::of(asked, "Products", columns, &page, row, empty).filters(filters);
    PRODUCTS.page(&desk, list)
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Product, ApiError> {
    shelf::one(app, desk, id, api::products::get).await
}

/// The form for a new product, or for the one that it `was`; `like` is what a new one is a copy of.
async fn form_page<A: Access>(
    app: &Arc<App>,
    desk: &Desk<A>,
    (was, like): (Option<&Product>, Option<&Product>),
    sent: &Sent,
    wrong: &Wrong,
) -> Result<FormPage, ApiError> {
    let (meters, benefits, fields) = tokio::try_join!(
        readable(app, desk, "is_archived=false", api::meters::list),
        readable(app, desk, "sorting=description", api::benefits::list),
        readable(app, desk, "sorting=name", api::custom_fields::list),
    )?;
    let choices = fill::Choices::new(meters, benefits, fields, was.or(like));
    let this = was.map(|product| (product.base.id, product.base.name.as_str()));
    let groups = fill::groups(was, choices, sent);
    let mut page = PRODUCTS.form(desk, this, groups, sent, wrong);
    page.form.preview = Some(desk.path("/products/preview"));
    page.aside = Some(fill::preview(sent));
    Ok(page)
}

/// What a new product is a copy of, if it is one.
async fn source<A: Access>(
    app: &Arc<App>,
    desk: &Desk<A>,
    id: Option<&str>,
) -> Result<Option<Product>, ApiError> {
    match id.and_then(|id| Uuid::try_parse(id).ok()) {
        Some(id) => find(app, desk, id).await.map(Some),
        None => Ok(None),
    }
}

async fn new(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    asked: Asked,
) -> Answer {
    let like = source(&app, &desk, asked.get("from")).await?;
    let sent = match &like {
        Some(product) => fill::of_product(product, true),
        None => fill::fresh(&desk.caller.organization),
    };
    let whose = (None, like.as_ref());
    show(&form_page(&app, &desk, whose, &sent, &Wrong::default()).await?)
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    mut sent: Sent,
) -> Answer {
    let like = source(&app, &desk, sent.get(fill::SOURCE)).await?;
    let whose = (None, like.as_ref());
    if fill::rows_changed(&mut sent) {
        return show(&form_page(&app, &desk, whose, &sent, &Wrong::default()).await?);
    }
    let body = Body(Some(fill::body(&sent, None)));
    let create = |once| api::products::create(State(app.clone()), desk.caller.clone(), once, body);
    match judged(desk.once(&app, &sent)?.make(&app, create).await)? {
        Ok(Made { id, name, .. }) => {
            include_first(&app, &desk, id, fill::benefits(&sent, None)).await?;
            done(
                &PRODUCTS.path(&desk, id, ""),
                &format!("{} was created.", name.unwrap_or_default()),
            )
        }
        Err(wrong) => show_again(&form_page(&app, &desk, whose, &sent, &wrong).await?),
    }
}

/// Gives a new product its benefits, unless it is not so new any more: the form may have been sent before.
async fn include_first(
    app: &Arc<App>,
    desk: &Desk<scope::ProductsWrite>,
    id: Uuid,
    benefits: Option<Vec<Uuid>>,
) -> Result<(), ApiError> {
    if benefits.is_none() || find(app, desk, id).await?.base.modified_at.is_some() {
        return Ok(());
    }
    include(app, desk, id, benefits).await
}

/// Replaces the product's benefits, if they changed.
async fn include(
    app: &Arc<App>,
    desk: &Desk<scope::ProductsWrite>,
    id: Uuid,
    benefits: Option<Vec<Uuid>>,
) -> Result<(), ApiError> {
    if let Some(benefits) = benefits {
        let (app, caller) = (State(app.clone()), desk.caller.clone());
        let body = Body(Some(json!({"benefits": benefits})));
        let Json(_) =
            api::products::include(app, caller, PathId(id), Once::default(), body).await?;
    }
    Ok(())
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = find(&app, &desk, id).await?;
    let sent = fill::of_product(&product, false);
    let whose = (Some(&product), None);
    show(&form_page(&app, &desk, whose, &sent, &Wrong::default()).await?)
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
    mut sent: Sent,
) -> Answer {
    let product = find(&app, &desk, id).await?;
    let whose = (Some(&product), None);
    if fill::rows_changed(&mut sent) {
        return show(&form_page(&app, &desk, whose, &sent, &Wrong::default()).await?);
    }
    let body = fill::body(&sent, Some(&product));
    match judged(change(&app, &desk, id, body).await)? {
        Ok(saved) => {
            include(&app, &desk, id, fill::benefits(&sent, Some(&product))).await?;
            let words = format!("{} was saved.", saved.base.name);
            done(&PRODUCTS.path(&desk, id, ""), &words)
        }
        Err(wrong) => show_again(&form_page(&app, &desk, whose, &sent, &wrong).await?),
    }
}

async fn change(
    app: &Arc<App>,
    desk: &Desk<scope::ProductsWrite>,
    id: Uuid,
    body: serde_json::Value,
) -> Result<Product, ApiError> {
    let caller = desk.caller.clone();
    let changed =
        api::products::update(State(app.clone()), caller, PathId(id), Body(Some(body))).await?;
    Ok(changed.0)
}

/// The price as the customer will see it, while the form is filled in.
async fn preview(_: Desk<scope::ProductsRead>, sent: Sent) -> Response {
    Html(fill::preview(&sent)).into_response()
}

async fn ask_archive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = find(&app, &desk, id).await?;
    let words = "It can no longer be bought: new sessions refuse it, and programs that name it get an error. \
                 Sessions that are open already, orders and subscriptions stay. You can unarchive it.";
    PRODUCTS.ask(&desk, (id, &product.base.name), "Archive", words)
}

async fn archive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = change(&app, &desk, id, json!({"is_archived": true})).await?;
    let words = format!("{} was archived.", product.base.name);
    done(&PRODUCTS.path(&desk, id, ""), &words)
}

async fn unarchive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = change(&app, &desk, id, json!({"is_archived": false})).await?;
    let words = format!("{} is for sale again.", product.base.name);
    done(&PRODUCTS.path(&desk, id, ""), &words)
}

/// A session of this product; its page shows the link, the QR code and the programs that make the same.
async fn checkout(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutsWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let body = Body(Some(json!({"products": [id]})));
    let open = |once| api::checkouts::create(State(app.clone()), desk.caller.clone(), once, body);
    let made: Made = desk.once(&app, &sent)?.make(&app, open).await?;
    done(
        &desk.path(&format!("/checkouts/{}", made.id)),
        "The session is open: send its link to the customer.",
    )
}
