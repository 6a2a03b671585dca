//! Checkout links: permanent addresses that sell, to be shared or put into a page.

mod fill;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::checkout_links::CheckoutLink;
use uuid::Uuid;

use super::{
    Answer, Made, done,
    form::{FormData, FormErrors, FormPage, judged},
    listing::{Asked, Column, Empty, Listing, Row},
    parts::{Act, Cell, Menu, Tone},
    sheet::{Action, Fact, Part, SheetPage, moments},
    show, show_again,
};
use crate::dashboard::resource_pages::{self, CHECKOUT_LINKS, readable};
use crate::{
    api,
    app::App,
    http::{
        error::ApiError,
        extract::{Access, Body, Dashboard, PathId, scope},
    },
    pages::checkout::{filled::trial_words, money::Locale},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let new = get(new).post(create);
    let edit = get(edit).post(update);
    let delete = get(ask_delete).post(delete);
    CHECKOUT_LINKS.routes(get(list), new, get(sheet), edit, ("delete", delete))
}

/// What a link is called: its label, else what it sells.
fn name(link: &CheckoutLink) -> String {
    let products = || {
        let mut names = link.products.iter().map(|p| p.base.name.clone());
        let first = names.next().unwrap_or_else(|| "Checkout link".to_owned());
        match names.count() {
            0 => first,
            more => format!("{first} and {more} more"),
        }
    };
    link.label
        .clone()
        .filter(|label| !label.trim().is_empty())
        .unwrap_or_else(products)
}

async fn list(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksRead>,
    mut asked: Asked,
) -> Answer {
    let find =
        |params| api::checkout_links::list(State(app.clone()), dashboard.caller.clone(), params);
    let page = asked.ask(("", ""), &dashboard.zone, find).await?;
    let columns = vec![
        Column::new("Link").by("label"),
        Column::new("Products"),
        Column::new("Discount"),
        Column::new("Signature"),
        Column::new("Created").by("created_at"),
    ];
    let empty = Empty {
        words: "A checkout link sells without a program: share it, print it, or put it behind a button of your page.",
        step: Some(("Create a checkout link", CHECKOUT_LINKS.new_at(&dashboard))),
    };
    let row = |link: &CheckoutLink| {
        Row::new(vec![
            Cell::link(CHECKOUT_LINKS.path(&dashboard, link.id, ""), name(link)),
            products_cell(&dashboard, link),
            discount_cell(link),
            signature_cell(link),
            Cell::time(link.created_at, &dashboard.zone),
        ])
        .menu(menu(&dashboard, &app, link))
    };
    let list = Listing::of(asked, "Checkout links", columns, &page, row, empty);
    CHECKOUT_LINKS.page(&dashboard, list)
}

fn products_cell<A: Access>(dashboard: &Dashboard<A>, link: &CheckoutLink) -> Cell {
    let products = link.products.iter();
    let mut cells: Vec<_> = products
        .map(|p| super::sales::product(dashboard, &p.base))
        .collect();
    match cells.len() {
        1 => cells.remove(0),
        _ => Cell::Many(cells),
    }
}

fn discount_cell(link: &CheckoutLink) -> Cell {
    Cell::text(link.discount.as_ref().map(|d| d.brief.name.clone()))
}

fn signature_cell(link: &CheckoutLink) -> Cell {
    match link.require_signature {
        true => Cell::toned("required", Tone::Busy),
        false => Cell::toned("optional", Tone::Quiet),
    }
}

/// A button for a merchant's page, which opens the checkout over it.
fn embed_code(app: &App, link: &CheckoutLink) -> String {
    format!(
        "<a href=\"{}\" data-polar-checkout data-polar-checkout-theme=\"light\">Buy</a>\n\
         <script src=\"{}/embed.js\" defer data-auto-init></script>",
        link.url, app.urls.public_url
    )
}

fn menu<A: Access>(dashboard: &Dashboard<A>, app: &App, link: &CheckoutLink) -> Menu {
    let copies = vec![
        Act::Copy("Copy link", link.url.clone()),
        Act::Copy("Copy embed code", embed_code(app, link)),
        Act::Copy("Copy link ID", link.id.to_string()),
    ];
    CHECKOUT_LINKS.menu(dashboard, (link.id, &name(link)), copies, "Delete")
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<CheckoutLink, ApiError> {
    resource_pages::one(app, dashboard, id, api::checkout_links::get).await
}

/// The code for a page, and how a visit is signed.
#[derive(Debug, askama::Template)]
#[template(path = "dashboard/link_code.html")]
struct Code<'a> {
    embed: String,
    secret: &'a str,
    url: &'a str,
}

async fn sheet(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksRead>,
    PathId(id): PathId,
) -> Answer {
    let link = find(&app, &dashboard, id).await?;
    let yes = |is: bool| Cell::Text(if is { "Yes" } else { "No" }.to_owned());
    let trial = link.trial_interval.zip(link.trial_interval_count);
    let trial = trial.map(|trial| {
        let words = trial_words(trial, Locale::En);
        format!("{words}, whatever the product says")
    });
    let mut facts = vec![
        Fact::new("Link", Cell::Code(link.url.clone())),
        Fact::new("Link ID", Cell::Code(id.to_string())),
        Fact::new("Products", products_cell(&dashboard, &link)),
        Fact::new("Discount", discount_cell(&link)),
        Fact::new("Customers may type a code", yes(link.allow_discount_codes)),
        Fact::new(
            "Asks for the whole address",
            yes(link.require_billing_address),
        ),
        Fact::new("Seats", Cell::text(link.seats.map(|n| n.to_string()))),
        Fact::new("Trial", Cell::text(trial)),
        Fact::new("After paying", Cell::text(link.success_url.clone())),
        Fact::new("Back button", Cell::text(link.return_url.clone())),
        Fact::new("Signature", signature_cell(&link)),
    ];
    facts.extend(moments(link.created_at, link.modified_at, &dashboard.zone));
    let code = Code {
        embed: embed_code(&app, &link),
        secret: &link.signing_secret,
        url: &link.url,
    };
    let mut parts = vec![
        Part::Facts("Checkout link", facts),
        Part::Html(
            "In your page",
            askama::Template::render(&code).unwrap_or_default(),
        ),
    ];
    parts.extend(super::metadata(&link.metadata));
    show(&SheetPage {
        shell: CHECKOUT_LINKS.under_list(&dashboard, name(&link)),
        state: match link.require_signature {
            true => Cell::toned("signed visits only", Tone::Busy),
            false => Cell::Empty,
        },
        actions: vec![Action::Go(
            "Edit",
            CHECKOUT_LINKS.path(&dashboard, id, "/edit"),
        )],
        menu: Some(menu(&dashboard, &app, &link)),
        parts,
    })
}

/// The form for a new link, or for the one that it `was`.
async fn form_page<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    was: Option<&CheckoutLink>,
    form_data: &FormData,
    errors: &FormErrors,
) -> Result<FormPage, ApiError> {
    let on_sale = "is_archived=false&sorting=name";
    let (products, discounts) = tokio::try_join!(
        readable(app, dashboard, on_sale, api::products::list),
        readable(app, dashboard, "sorting=name", api::discounts::list),
    )?;
    let called = was.map(|link| (link.id, name(link)));
    let this = called.as_ref().map(|(id, name)| (*id, name.as_str()));
    let groups = fill::groups(was, &products, &discounts, form_data);
    Ok(CHECKOUT_LINKS.form(dashboard, this, groups, form_data, errors))
}

async fn new(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    asked: Asked,
) -> Answer {
    let form_data = fill::fresh(asked.get("product"));
    show(&form_page(&app, &dashboard, None, &form_data, &FormErrors::default()).await?)
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    form_data: FormData,
) -> Answer {
    let body = Body(Some(fill::body(&form_data)));
    let caller = dashboard.caller.clone();
    let create = |guard| api::checkout_links::create(State(app.clone()), caller, guard, body);
    match judged(
        dashboard
            .idempotency_guard(&app, &form_data)?
            .make(&app, create)
            .await,
    )? {
        Ok(Made { id, .. }) => done(
            &CHECKOUT_LINKS.path(&dashboard, id, ""),
            "The link is ready: every visit opens a checkout of its own.",
        ),
        Err(errors) => show_again(&form_page(&app, &dashboard, None, &form_data, &errors).await?),
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Answer {
    let link = find(&app, &dashboard, id).await?;
    let form_data = fill::of_link(&link);
    show(
        &form_page(
            &app,
            &dashboard,
            Some(&link),
            &form_data,
            &FormErrors::default(),
        )
        .await?,
    )
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let link = find(&app, &dashboard, id).await?;
    let body = Body(Some(fill::change(&form_data, &link)));
    let caller = dashboard.caller.clone();
    match judged(api::checkout_links::update(State(app.clone()), caller, PathId(id), body).await)? {
        Ok(Json(link)) => {
            let words = format!("{} was saved.", name(&link));
            done(&CHECKOUT_LINKS.path(&dashboard, id, ""), &words)
        }
        Err(errors) => {
            show_again(&form_page(&app, &dashboard, Some(&link), &form_data, &errors).await?)
        }
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Answer {
    let link = find(&app, &dashboard, id).await?;
    let words = "Whoever opens it from now on learns that it no longer works, wherever you have shared it. \
                 Checkouts that it has opened stay. This cannot be undone.";
    CHECKOUT_LINKS.ask(&dashboard, (id, &name(&link)), "Delete", words)
}

async fn delete(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Answer {
    api::checkout_links::delete(State(app), dashboard.caller.clone(), PathId(id)).await?;
    done(
        &dashboard.path(CHECKOUT_LINKS.list),
        "The checkout link was deleted.",
    )
}
