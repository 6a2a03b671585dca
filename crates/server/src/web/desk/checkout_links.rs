//! Checkout links: permanent addresses that sell, to be shared or put into a page (lifecycle.md I.2).

mod fill;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use till_wire::{checkout_links::CheckoutLink, discounts::Discount, products::Product};
use uuid::Uuid;

use super::{
    Answer, done,
    form::{AskPage, Form, FormPage, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, ListPage, Listing, Row},
    parts::{Act, Cell, Menu, Tone},
    sheet::{Action, Fact, Part, SheetPage},
    shelf::{self, Shelf},
    show, show_again,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Body, Desk, Params, PathId, scope},
};

const LIST: &str = "/products/checkout-links";

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let at = |rest: &str| format!("/dashboard/{{shop}}{LIST}{rest}");
    Router::new()
        .route(&at(""), get(list))
        .route(&at("/new"), get(new).post(create))
        .route(&at("/{id}"), get(sheet))
        .route(&at("/{id}/edit"), get(edit).post(update))
        .route(&at("/{id}/delete"), get(ask_delete).post(delete))
}

fn path<A: Access>(desk: &Desk<A>, id: Uuid, rest: &str) -> String {
    desk.path(&format!("{LIST}/{id}{rest}"))
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
    desk: Desk<scope::CheckoutLinksRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::checkout_links::list(State(app.clone()), desk.caller.clone(), params);
    let page = asked.ask(("", ""), &desk.zone, find).await?;
    let columns = vec![
        Column::new("Link").by("label"),
        Column::new("Products"),
        Column::new("Discount"),
        Column::new("Signature"),
        Column::new("Created").by("created_at"),
    ];
    let empty = Empty {
        words: "A checkout link sells without a program: share it, print it, or put it behind a button of your page.",
        step: Some(("Create a checkout link", desk.path(&format!("{LIST}/new")))),
    };
    let row = |link: &CheckoutLink| {
        Row::new(vec![
            Cell::link(path(&desk, link.id, ""), name(link)),
            products_cell(&desk, link),
            discount_cell(link),
            signature_cell(link),
            Cell::time(link.created_at, &desk.zone),
        ])
        .menu(menu(&desk, &app, link))
    };
    show(&ListPage {
        shell: shelf::shell(&desk, Shelf::CheckoutLinks),
        action: Some(("New checkout link", desk.path(&format!("{LIST}/new")))),
        list: Listing::of(asked, "Checkout links", columns, &page, row, empty),
    })
}

fn products_cell<A: Access>(desk: &Desk<A>, link: &CheckoutLink) -> Cell {
    let products = link.products.iter();
    let mut cells: Vec<_> = products
        .map(|p| super::sales::product(desk, &p.base))
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
        link.url, app.site.public_url
    )
}

fn menu<A: Access>(desk: &Desk<A>, app: &App, link: &CheckoutLink) -> Menu {
    let mut acts = vec![
        Act::Copy("Copy link", link.url.clone()),
        Act::Copy("Copy embed code", embed_code(app, link)),
        Act::Copy("Copy link ID", link.id.to_string()),
    ];
    if desk.may::<scope::CheckoutLinksWrite>().is_ok() {
        acts.extend([
            Act::Line,
            Act::Go("Edit", path(desk, link.id, "/edit")),
            Act::Line,
            Act::Ask("Delete", path(desk, link.id, "/delete")),
        ]);
    }
    Menu {
        name: name(link),
        acts,
    }
}

async fn find<A: Access>(
    app: &Arc<App>,
    desk: &Desk<A>,
    id: Uuid,
) -> Result<CheckoutLink, ApiError> {
    let caller = desk.may::<scope::CheckoutLinksRead>()?;
    let found = api::checkout_links::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

/// The code for a page, and how a visit is signed.
#[derive(Debug, askama::Template)]
#[template(path = "desk/link_code.html")]
struct Code<'a> {
    embed: String,
    secret: &'a str,
    url: &'a str,
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksRead>,
    PathId(id): PathId,
) -> Answer {
    let link = find(&app, &desk, id).await?;
    let yes = |is: bool| Cell::Text(if is { "Yes" } else { "No" }.to_owned());
    let trial = link.trial_interval.zip(link.trial_interval_count);
    let trial = trial.map(|(unit, count)| match count {
        1 => format!("1 {unit}, whatever the product says"),
        _ => format!("{count} {unit}s, whatever the product says"),
    });
    let facts = vec![
        Fact::new("Link", Cell::Code(link.url.clone())),
        Fact::new("Link ID", Cell::Code(id.to_string())),
        Fact::new("Products", products_cell(&desk, &link)),
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
        Fact::new("Created", Cell::time(link.created_at, &desk.zone)),
        Fact::new(
            "Last changed",
            Cell::time_or_nothing(link.modified_at, &desk.zone),
        ),
    ];
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
        shell: shelf::inner(&desk, "Checkout links", LIST, name(&link)),
        state: signature_cell(&link),
        actions: vec![Action::Go("Edit", path(&desk, id, "/edit"))],
        menu: Some(menu(&desk, &app, &link)),
        parts,
    })
}

/// What a form offers to choose from, as far as the person may read it.
struct Offered {
    products: Vec<Product>,
    discounts: Vec<Discount>,
}

impl Offered {
    async fn load<A: Access>(app: &Arc<App>, desk: &Desk<A>) -> Result<Self, ApiError> {
        let products = match desk.may::<scope::ProductsRead>() {
            Ok(caller) => {
                let params = Params::parse("is_archived=false&sorting=name&limit=100");
                api::products::list(State(app.clone()), caller, params)
                    .await?
                    .0
                    .items
            }
            Err(_) => Vec::new(),
        };
        let discounts = match desk.may::<scope::DiscountsRead>() {
            Ok(caller) => {
                let params = Params::parse("sorting=name&limit=100");
                api::discounts::list(State(app.clone()), caller, params)
                    .await?
                    .0
                    .items
            }
            Err(_) => Vec::new(),
        };
        Ok(Self {
            products,
            discounts,
        })
    }
}

fn form_page<A: Access>(
    desk: &Desk<A>,
    was: Option<&CheckoutLink>,
    offered: &Offered,
    sent: &Sent,
    wrong: &Wrong,
) -> FormPage {
    let (shell, action, submit) = match was {
        Some(link) => {
            let here = format!("{LIST}/{}", link.id);
            let shell = shelf::inner(desk, &name(link), &here, format!("Edit {}", name(link)));
            (shell, path(desk, link.id, "/edit"), "Save checkout link")
        }
        None => {
            let shell = shelf::inner(desk, "Checkout links", LIST, "New checkout link");
            (
                shell,
                desk.path(&format!("{LIST}/new")),
                "Create checkout link",
            )
        }
    };
    let groups = fill::groups(was, &offered.products, &offered.discounts, sent);
    FormPage {
        shell,
        form: Form::new(action, submit, groups).again(sent, wrong),
        aside: None,
    }
}

async fn new(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksWrite>,
    asked: Asked,
) -> Answer {
    let offered = Offered::load(&app, &desk).await?;
    let sent = fill::fresh(asked.get("product"));
    show(&form_page(&desk, None, &offered, &sent, &Wrong::default()))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksWrite>,
    sent: Sent,
) -> Answer {
    let body = Body(Some(fill::body(&sent)));
    let caller = desk.caller.clone();
    match judged(api::checkout_links::create(State(app.clone()), caller, body).await)? {
        Ok((_, Json(link))) => done(
            &path(&desk, link.id, ""),
            "The link is ready: every visit opens a checkout of its own.",
        ),
        Err(wrong) => {
            let offered = Offered::load(&app, &desk).await?;
            show_again(&form_page(&desk, None, &offered, &sent, &wrong))
        }
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Answer {
    let link = find(&app, &desk, id).await?;
    let offered = Offered::load(&app, &desk).await?;
    let sent = fill::of_link(&link);
    show(&form_page(
        &desk,
        Some(&link),
        &offered,
        &sent,
        &Wrong::default(),
    ))
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
    sent: Sent,
) -> Answer {
    let link = find(&app, &desk, id).await?;
    let body = Body(Some(fill::change(&sent, &link)));
    let caller = desk.caller.clone();
    match judged(api::checkout_links::update(State(app.clone()), caller, PathId(id), body).await)? {
        Ok(Json(link)) => done(&path(&desk, id, ""), &format!("{} was saved.", name(&link))),
        Err(wrong) => {
            let offered = Offered::load(&app, &desk).await?;
            show_again(&form_page(&desk, Some(&link), &offered, &sent, &wrong))
        }
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Answer {
    let link = find(&app, &desk, id).await?;
    show(&AskPage {
        shell: shelf::inner(&desk, "Checkout links", LIST, format!("Delete {}?", name(&link))),
        words: "Whoever opens it from now on learns that it no longer works, wherever you have shared it. \
                Checkouts that it has opened stay. This cannot be undone."
            .to_owned(),
        submit: "Delete",
        action: path(&desk, id, "/delete"),
        cancel: path(&desk, id, ""),
    })
}

async fn delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Answer {
    api::checkout_links::delete(State(app), desk.caller.clone(), PathId(id)).await?;
    done(&desk.path(LIST), "The checkout link was deleted.")
}
