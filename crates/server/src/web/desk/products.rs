//! Products: the catalogue, and a session of one in two clicks (lifecycle.md I.2).

mod fill;
mod price;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use till_wire::products::{Price, PriceAmount, Product};
use uuid::Uuid;

use super::{
    Answer, done,
    form::{AskPage, FormPage, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, Filter, ListPage, Listing, Row},
    parts::{Act, Cell, Menu, Tone, sentence},
    sheet::{Action, Fact, Part, SheetPage},
    shelf::{self, Shelf},
    shell::{Area, Shell},
    show, show_again,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Body, Desk, Params, PathId, scope},
    web::checkout::{
        markdown,
        money::{Locale, interval_words},
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/products", get(list))
        .route("/dashboard/{shop}/products/new", get(new).post(create))
        .route("/dashboard/{shop}/products/preview", post(preview))
        .route("/dashboard/{shop}/products/{id}", get(sheet))
        .route(
            "/dashboard/{shop}/products/{id}/edit",
            get(edit).post(update),
        )
        .route(
            "/dashboard/{shop}/products/{id}/archive",
            get(ask_archive).post(archive),
        )
        .route("/dashboard/{shop}/products/{id}/unarchive", post(unarchive))
        .route("/dashboard/{shop}/products/{id}/checkout", post(checkout))
}

async fn list(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsRead>,
    asked: Asked,
) -> Answer {
    let params = asked.params(("", ""), &desk.zone);
    let page = api::products::list(State(app.clone()), desk.caller.clone(), params)
        .await?
        .0;
    let columns = vec![
        Column::new("Name").by("name"),
        Column::new("Price").by("price_amount"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
    ];
    let filters = [
        Filter::search(&asked, "Search by name"),
        Filter::choice(
            &asked,
            "is_archived",
            "Show",
            "All products",
            [("false", "Active"), ("true", "Archived")].map(|(v, w)| (v.into(), w.into())),
        ),
    ];
    let empty = Empty {
        words: "What do you sell? A product has a name and a price; its id is what your program sells it by.",
        step: Some(("Create a product", desk.path("/products/new"))),
    };
    let row = |product: &Product| {
        let href = desk.path(&format!("/products/{}", product.base.id));
        Row::new(vec![
            Cell::Link {
                href,
                text: product.base.name.clone(),
                note: Some(billing(product)),
            },
            price_cell(product),
            state(product),
            Cell::time(product.base.created_at, &desk.zone),
        ])
        .menu(menu(&desk, &app, product))
    };
    let list = Listing::of(asked, "Products", columns, &page, row, empty).filters(filters);
    show(&ListPage {
        shell: shelf::shell(&desk, Shelf::Products),
        action: Some(("New product", desk.path("/products/new"))),
        list,
    })
}

/// How often it is paid: `Once`, `Every 3 months`.
fn billing(product: &Product) -> String {
    match per(product) {
        None => "Paid once".to_owned(),
        Some(words) => format!("Subscription, {words}"),
    }
}

/// Its trial, if it has one: `14 days`.
fn trial(product: &Product) -> Option<String> {
    let (unit, count) = (
        product.base.trial_interval?,
        product.base.trial_interval_count?,
    );
    let s = if count == 1 { "" } else { "s" };
    Some(format!("{count} {unit}{s}"))
}

/// What else belongs to it: benefits, and the fields that its checkout asks.
fn belongings<A: Access>(desk: &Desk<A>, product: &Product) -> Option<Part> {
    let mut facts = Vec::new();
    let benefits = product.benefits.iter().map(|benefit| Cell::Link {
        href: desk.path(&format!("/products/benefits/{}", benefit.id)),
        text: benefit.description.clone(),
        note: Some(super::benefits::kind_words(benefit.kind).to_owned()),
    });
    let benefits: Vec<_> = benefits.collect();
    if !benefits.is_empty() {
        facts.push(Fact::new("Benefits", Cell::Many(benefits)));
    }
    let fields = product.attached_custom_fields.iter().map(|attached| {
        let how = if attached.required {
            "required"
        } else {
            "optional"
        };
        Cell::Noted(attached.custom_field.name.clone(), how.to_owned())
    });
    let fields: Vec<_> = fields.collect();
    if !fields.is_empty() {
        facts.push(Fact::new("Checkout fields", Cell::Many(fields)));
    }
    (!facts.is_empty()).then_some(Part::Facts("Included and asked", facts))
}

fn per(product: &Product) -> Option<String> {
    let count = product.base.recurring_interval_count.unwrap_or(1);
    let unit = product.base.recurring_interval?;
    Some(interval_words(
        unit,
        u32::try_from(count).unwrap_or(1),
        Locale::En,
    ))
}

fn cost(price: &Price) -> price::Said {
    let meter = match &price.amount {
        PriceAmount::MeteredUnit { meter, .. } => meter.as_ref().map(|meter| meter.name.as_str()),
        _ => None,
    };
    price::said(&price.amount, price.price_currency, meter)
}

fn price_cell(product: &Product) -> Cell {
    let mut prices: Vec<_> = product
        .prices
        .iter()
        .map(|price| Cell::Money(cost(price).words))
        .collect();
    match prices.len() {
        1 => prices.remove(0),
        _ => Cell::Many(prices),
    }
}

fn state(product: &Product) -> Cell {
    if product.base.is_archived {
        return Cell::toned("archived", Tone::Quiet);
    }
    match product.base.visibility.as_str() {
        "public" => Cell::toned("active", Tone::Good),
        other => Cell::toned(other, Tone::Busy),
    }
}

fn menu<A: Access>(desk: &Desk<A>, app: &App, product: &Product) -> Menu {
    let id = product.base.id;
    let path = |rest: &str| desk.path(&format!("/products/{id}{rest}"));
    let mut acts = vec![Act::Copy("Copy Product ID", id.to_string())];
    if product.base.is_archived {
        acts.push(Act::Do("Unarchive", path("/unarchive")));
    } else {
        acts.extend([
            Act::Copy(
                "Copy checkout curl",
                super::programs::curl(&app.site.public_url, &id.to_string()),
            ),
            Act::Do("New checkout session", path("/checkout")),
            Act::Line,
            Act::Go("Edit", path("/edit")),
            Act::Go("Duplicate", desk.path(&format!("/products/new?from={id}"))),
            Act::Line,
            Act::Ask("Archive", path("/archive")),
        ]);
    }
    Menu {
        name: product.base.name.clone(),
        acts,
    }
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Product, ApiError> {
    let caller = desk.may::<scope::ProductsRead>()?;
    let found = api::products::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsRead>,
    PathId(id): PathId,
) -> Answer {
    let product = find(&app, &desk, id).await?;
    let base = &product.base;
    let facts = vec![
        Fact::new("Product ID", Cell::Code(id.to_string())),
        Fact::new("Price", price_cell(&product)),
        Fact::new("Billing", Cell::Text(billing(&product))),
        Fact::new("Trial", Cell::text(trial(&product))),
        Fact::new("Visibility", Cell::Text(sentence(base.visibility.as_str()))),
        Fact::new("Created", Cell::time(base.created_at, &desk.zone)),
        Fact::new(
            "Last changed",
            Cell::time_or_nothing(base.modified_at, &desk.zone),
        ),
    ];
    let prices = product.prices.iter().map(|price| {
        let tax = price
            .tax_behavior
            .map_or("as the shop says", |t| t.as_str());
        let said = cost(price);
        let mut cells = vec![Cell::Money(said.words)];
        cells.extend(said.notes.into_iter().map(Cell::Text));
        cells.extend([
            Cell::Noted(format!("Tax: {}", sentence(tax)), String::new()),
            Cell::Code(price.id.to_string()),
        ]);
        let name = price.price_currency.as_str().to_uppercase();
        Fact::new(name, Cell::Many(cells))
    });
    let mut parts = vec![
        Part::Facts("Product", facts),
        Part::Facts("Prices", prices.collect()),
    ];
    parts.extend(belongings(&desk, &product));
    if let Some(html) = base.description.as_deref().and_then(markdown::render) {
        parts.push(Part::Html(
            "Description",
            format!("<div class=\"prose\">{}</div>", html.as_str()),
        ));
    }
    parts.extend(super::metadata(&product.metadata));
    let actions = match base.is_archived {
        true => vec![Action::Do(
            "Unarchive",
            desk.path(&format!("/products/{id}/unarchive")),
        )],
        false => vec![
            Action::Go("Edit", desk.path(&format!("/products/{id}/edit"))),
            Action::Go("Media", desk.path(&format!("/products/{id}/media"))),
            Action::Do(
                "New checkout session",
                desk.path(&format!("/products/{id}/checkout")),
            ),
        ],
    };
    show(&SheetPage {
        shell: Shell::new(&desk, Area::Products, base.name.clone())
            .back("Products", desk.path("/products")),
        state: state(&product),
        actions,
        menu: Some(menu(&desk, &app, &product)),
        parts,
    })
}

fn new_page<A: Access>(desk: &Desk<A>, form: super::form::Form, sent: &Sent) -> FormPage {
    FormPage {
        shell: Shell::new(desk, Area::Products, "New product")
            .back("Products", desk.path("/products")),
        form,
        aside: Some(fill::preview(sent)),
    }
}

async fn new(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    asked: Asked,
) -> Answer {
    let from = asked.get("from").and_then(|id| Uuid::try_parse(id).ok());
    let sent = match from {
        Some(id) => fill::of_product(&find(&app, &desk, id).await?, true),
        None => fill::fresh(&desk.caller.organization),
    };
    let choices = choices(&app, &desk).await?;
    let form = fill::form(&desk, None, &choices, &sent, &Wrong::default());
    show(&new_page(&desk, form, &sent))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    mut sent: Sent,
) -> Answer {
    let choices = choices(&app, &desk).await?;
    let again = |sent: &Sent, wrong: &Wrong| {
        new_page(&desk, fill::form(&desk, None, &choices, sent, wrong), sent)
    };
    if fill::rows_changed(&mut sent) {
        return show(&again(&sent, &Wrong::default()));
    }
    let body = Body(Some(fill::body(&sent, None)));
    let made = api::products::create(State(app.clone()), desk.caller.clone(), body).await;
    match judged(made)? {
        Ok((_, Json(product))) => {
            include(&app, &desk, product.base.id, fill::benefits(&sent, None)).await?;
            done(
                &desk.path(&format!("/products/{}", product.base.id)),
                &format!("{} was created.", product.base.name),
            )
        }
        Err(wrong) => show_again(&again(&sent, &wrong)),
    }
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
        let Json(_) = api::products::include(app, caller, PathId(id), body).await?;
    }
    Ok(())
}

/// What a product can be made of, as far as the person may read it.
async fn choices<A: Access>(app: &Arc<App>, desk: &Desk<A>) -> Result<fill::Choices, ApiError> {
    let mut choices = fill::Choices::default();
    if let Ok(caller) = desk.may::<scope::MetersRead>() {
        let params = Params::parse("is_archived=false&limit=100");
        let page = api::meters::list(State(app.clone()), caller, params).await?;
        choices.meters = page.0.items;
    }
    if let Ok(caller) = desk.may::<scope::BenefitsRead>() {
        let params = Params::parse("sorting=description&limit=100");
        let page = api::benefits::list(State(app.clone()), caller, params).await?;
        choices.benefits = page.0.items;
    }
    if let Ok(caller) = desk.may::<scope::CustomFieldsRead>() {
        let params = Params::parse("sorting=name&limit=100");
        let page = api::custom_fields::list(State(app.clone()), caller, params).await?;
        choices.fields = page.0.items;
    }
    Ok(choices)
}

fn edit_page<A: Access>(
    desk: &Desk<A>,
    product: &Product,
    choices: &fill::Choices,
    sent: &Sent,
    wrong: &Wrong,
) -> FormPage {
    let back = desk.path(&format!("/products/{}", product.base.id));
    FormPage {
        shell: Shell::new(desk, Area::Products, format!("Edit {}", product.base.name))
            .back(&product.base.name, back),
        form: fill::form(desk, Some(product), choices, sent, wrong),
        aside: Some(fill::preview(sent)),
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = find(&app, &desk, id).await?;
    let choices = choices(&app, &desk).await?;
    let sent = fill::of_product(&product, false);
    show(&edit_page(
        &desk,
        &product,
        &choices,
        &sent,
        &Wrong::default(),
    ))
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
    mut sent: Sent,
) -> Answer {
    let product = find(&app, &desk, id).await?;
    let choices = choices(&app, &desk).await?;
    let again = |sent: &Sent, wrong: &Wrong| edit_page(&desk, &product, &choices, sent, wrong);
    if fill::rows_changed(&mut sent) {
        return show(&again(&sent, &Wrong::default()));
    }
    let body = fill::body(&sent, Some(&product));
    match judged(change(&app, &desk, id, body).await)? {
        Ok(saved) => {
            include(&app, &desk, id, fill::benefits(&sent, Some(&product))).await?;
            done(
                &desk.path(&format!("/products/{id}")),
                &format!("{} was saved.", saved.base.name),
            )
        }
        Err(wrong) => show_again(&again(&sent, &wrong)),
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
    let here = desk.path(&format!("/products/{id}"));
    show(&AskPage {
        shell: Shell::new(&desk, Area::Products, format!("Archive {}?", product.base.name)),
        words: "It can no longer be bought: new sessions refuse it, and programs that name it get an error. \
                Sessions that are open already, orders and subscriptions stay. You can unarchive it."
            .to_owned(),
        submit: "Archive",
        action: format!("{here}/archive"),
        cancel: here,
    })
}

async fn archive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = change(&app, &desk, id, json!({"is_archived": true})).await?;
    let words = format!("{} was archived.", product.base.name);
    done(&desk.path(&format!("/products/{id}")), &words)
}

async fn unarchive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::ProductsWrite>,
    PathId(id): PathId,
) -> Answer {
    let product = change(&app, &desk, id, json!({"is_archived": false})).await?;
    let words = format!("{} is for sale again.", product.base.name);
    done(&desk.path(&format!("/products/{id}")), &words)
}

/// A session of this product; its page shows the link, the QR code and the programs that make the same.
async fn checkout(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutsWrite>,
    PathId(id): PathId,
) -> Answer {
    let body = Body(Some(json!({"products": [id]})));
    let (_, Json(session)) = api::checkouts::create(State(app), desk.caller.clone(), body).await?;
    done(
        &desk.path(&format!("/checkouts/{}", session.base.id)),
        "The session is open: send its link to the customer.",
    )
}
