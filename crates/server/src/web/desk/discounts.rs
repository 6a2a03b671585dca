//! Discounts: what they take off, until when, and how often they were used (lifecycle.md I.2).

mod fill;

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use till_core::discounts::new_code;
use till_wire::{
    discounts::{Discount, DiscountLasting, DiscountValue},
    products::Product,
};
use uuid::Uuid;

use super::{
    Answer, done,
    form::{AskPage, FormPage, Sent, Wrong, judged},
    history::timeline,
    listing::{Asked, Column, Empty, Filter, ListPage, Listing, Row},
    parts::{Act, Cell, Menu, Tone, money},
    sheet::{Action, Fact, Part, SheetPage},
    shelf::{self, Shelf},
    show, show_again,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Body, Desk, Params, PathId, scope},
    web::checkout::money::editable,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let at = |rest: &str| format!("/dashboard/{{shop}}/products/discounts{rest}");
    Router::new()
        .route(&at(""), get(list))
        .route(&at("/new"), get(new).post(create))
        .route(&at("/{id}"), get(sheet))
        .route(&at("/{id}/edit"), get(edit).post(update))
        .route(&at("/{id}/delete"), get(ask_delete).post(delete))
}

const LIST: &str = "/products/discounts";

fn path<A: Access>(desk: &Desk<A>, id: Uuid, rest: &str) -> String {
    desk.path(&format!("{LIST}/{id}{rest}"))
}

async fn list(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsRead>,
    asked: Asked,
) -> Answer {
    let params = asked.params(("", ""), &desk.zone);
    let now = app.clock.now();
    let page = api::discounts::list(State(app), desk.caller.clone(), params)
        .await?
        .0;
    let columns = vec![
        Column::new("Name").by("name"),
        Column::new("Code").by("code"),
        Column::new("Takes off"),
        Column::number("Used").by("redemptions_count"),
        Column::new("Status"),
        Column::new("Ends").by("ends_at"),
    ];
    let filters = [Filter::search(&asked, "Search by name or code")];
    let empty = Empty {
        words: "A discount takes a share or an amount off: customers type its code, or your program applies it.",
        step: Some(("Create a discount", desk.path("/products/discounts/new"))),
    };
    let row = |discount: &Discount| {
        let brief = &discount.base.brief;
        let code = brief.code.clone();
        Row::new(vec![
            Cell::link(path(&desk, brief.id, ""), brief.name.clone()),
            code.map_or(Cell::Empty, Cell::Code),
            worth(discount),
            Cell::Text(used(discount)),
            state(discount, now),
            Cell::time_or_nothing(discount.base.ends_at, &desk.zone),
        ])
        .menu(menu(&desk, discount))
    };
    show(&ListPage {
        shell: shelf::shell(&desk, Shelf::Discounts),
        action: Some(("New discount", desk.path("/products/discounts/new"))),
        list: Listing::of(asked, "Discounts", columns, &page, row, empty).filters(filters),
    })
}

/// What it takes off, and for how long.
fn worth(discount: &Discount) -> Cell {
    let brief = &discount.base.brief;
    let off = match &brief.value {
        DiscountValue::Percentage { basis_points } => format!("{} %", percent(*basis_points)),
        DiscountValue::Fixed { amounts, .. } => {
            let each = amounts.iter().map(|(currency, n)| money(*n, *currency));
            each.collect::<Vec<_>>().join(", ")
        }
    };
    Cell::Noted(off, lasting(brief.lasting))
}

/// A share as people write it: `12.5`.
fn percent(basis_points: i64) -> String {
    let text = editable(basis_points, 2);
    match text.split_once('.') {
        Some((whole, "00")) => whole.to_owned(),
        _ => text.trim_end_matches('0').to_owned(),
    }
}

fn lasting(lasting: DiscountLasting) -> String {
    match lasting {
        DiscountLasting::Once => "Once".to_owned(),
        DiscountLasting::Forever => "For ever".to_owned(),
        DiscountLasting::Repeating {
            duration_in_months: 1,
        } => "For 1 month".to_owned(),
        DiscountLasting::Repeating { duration_in_months } => {
            format!("For {duration_in_months} months")
        }
    }
}

fn used(discount: &Discount) -> String {
    let count = discount.base.redemptions_count;
    match discount.base.max_redemptions {
        Some(max) => format!("{count} of {max}"),
        None => count.to_string(),
    }
}

fn state(discount: &Discount, now: Timestamp) -> Cell {
    let base = &discount.base;
    if base.ends_at.is_some_and(|end| end < now) {
        Cell::toned("ended", Tone::Quiet)
    } else if base
        .max_redemptions
        .is_some_and(|max| base.redemptions_count >= max)
    {
        Cell::toned("used up", Tone::Quiet)
    } else if base.starts_at.is_some_and(|start| start > now) {
        Cell::toned("scheduled", Tone::Busy)
    } else {
        Cell::toned("active", Tone::Good)
    }
}

fn menu<A: Access>(desk: &Desk<A>, discount: &Discount) -> Menu {
    let brief = &discount.base.brief;
    let mut acts = vec![Act::Copy("Copy discount ID", brief.id.to_string())];
    acts.extend(brief.code.clone().map(|text| Act::Copy("Copy code", text)));
    acts.extend([
        Act::Line,
        Act::Go("Edit", path(desk, brief.id, "/edit")),
        Act::Line,
        Act::Ask("Delete", path(desk, brief.id, "/delete")),
    ]);
    Menu {
        name: brief.name.clone(),
        acts,
    }
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Discount, ApiError> {
    let caller = desk.may::<scope::DiscountsRead>()?;
    let found = api::discounts::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsRead>,
    PathId(id): PathId,
) -> Answer {
    let discount = find(&app, &desk, id).await?;
    let (base, brief) = (&discount.base, &discount.base.brief);
    let limit = |n: Option<i64>| Cell::Text(n.map_or("No limit".to_owned(), |n| n.to_string()));
    let orders = desk.path(&format!("/orders?discount_id={id}"));
    let facts = vec![
        Fact::new("Discount ID", Cell::Code(id.to_string())),
        Fact::new(
            "Code",
            brief.code.clone().map_or(
                Cell::Text("None: your program applies it".to_owned()),
                Cell::Code,
            ),
        ),
        Fact::new("Takes off", worth(&discount)),
        Fact::new(
            "Used",
            Cell::Link {
                href: orders,
                text: used(&discount),
                note: Some("Orders with it".to_owned()),
            },
        ),
        Fact::new(
            "Uses per customer",
            limit(base.max_redemptions_per_customer),
        ),
        Fact::new("From", Cell::time_or_nothing(base.starts_at, &desk.zone)),
        Fact::new("Until", Cell::time_or_nothing(base.ends_at, &desk.zone)),
        Fact::new("Created", Cell::time(base.created_at, &desk.zone)),
        Fact::new(
            "Last changed",
            Cell::time_or_nothing(base.modified_at, &desk.zone),
        ),
    ];
    let products = discount.products.iter().map(|product| {
        let href = desk.path(&format!("/products/{}", product.base.id));
        Cell::link(href, product.base.name.clone())
    });
    let products = match discount.products.is_empty() {
        true => Cell::Text("Everything, also what is yet to come".to_owned()),
        false => Cell::Many(products.collect()),
    };
    let mut parts = vec![
        Part::Facts("Discount", facts),
        Part::Facts("Products", vec![Fact::new("For", products)]),
    ];
    parts.extend(super::metadata(&base.metadata));
    parts.push(timeline(&app, &desk, [id]).await?);
    show(&SheetPage {
        shell: shelf::inner(&desk, "Discounts", LIST, brief.name.clone()),
        state: state(&discount, app.clock.now()),
        actions: vec![Action::Go("Edit", path(&desk, id, "/edit"))],
        menu: Some(menu(&desk, &discount)),
        parts,
    })
}

/// What a discount can be for: products on sale, as far as the form has room for them.
async fn products<A: Access>(app: &Arc<App>, desk: &Desk<A>) -> Result<Vec<Product>, ApiError> {
    let Ok(caller) = desk.may::<scope::ProductsRead>() else {
        return Ok(Vec::new());
    };
    let params = Params::parse("is_archived=false&limit=100&sorting=name");
    let page = api::products::list(State(app.clone()), caller, params).await?;
    Ok(page.0.items)
}

fn new_page<A: Access>(
    desk: &Desk<A>,
    products: &[Product],
    sent: &Sent,
    wrong: &Wrong,
) -> FormPage {
    FormPage {
        shell: shelf::inner(desk, "Discounts", LIST, "New discount"),
        form: fill::form(desk, None, products, sent, wrong),
        aside: None,
    }
}

async fn new(State(app): State<Arc<App>>, desk: Desk<scope::DiscountsWrite>) -> Answer {
    let products = products(&app, &desk).await?;
    let sent = fill::fresh(desk.caller.organization.default_currency);
    show(&new_page(&desk, &products, &sent, &Wrong::default()))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsWrite>,
    mut sent: Sent,
) -> Answer {
    let products = products(&app, &desk).await?;
    if fill::asks_for_more(&mut sent, || new_code(&app.at())) {
        return show(&new_page(&desk, &products, &sent, &Wrong::default()));
    }
    let (body, wrong) = fill::body(&sent, &desk.zone, None);
    if wrong.is_any() {
        return show_again(&new_page(&desk, &products, &sent, &wrong));
    }
    let made = api::discounts::create(State(app), desk.caller.clone(), Body(Some(body))).await;
    match judged(made)? {
        Ok((_, Json(discount))) => {
            let brief = &discount.base.brief;
            let words = format!("{} was created.", brief.name);
            done(&path(&desk, brief.id, ""), &words)
        }
        Err(wrong) => {
            let wrong = fill::in_rows(wrong, &sent);
            show_again(&new_page(&desk, &products, &sent, &wrong))
        }
    }
}

fn edit_page<A: Access>(
    desk: &Desk<A>,
    discount: &Discount,
    products: &[Product],
    sent: &Sent,
    wrong: &Wrong,
) -> FormPage {
    let brief = &discount.base.brief;
    let here = format!("{LIST}/{}", brief.id);
    FormPage {
        shell: shelf::inner(desk, &brief.name, &here, format!("Edit {}", brief.name)),
        form: fill::form(desk, Some(discount), products, sent, wrong),
        aside: None,
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsWrite>,
    PathId(id): PathId,
) -> Answer {
    let (discount, products) = tokio::try_join!(find(&app, &desk, id), products(&app, &desk))?;
    let sent = fill::of_discount(&discount, &desk.zone);
    let wrong = Wrong::default();
    show(&edit_page(&desk, &discount, &products, &sent, &wrong))
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsWrite>,
    PathId(id): PathId,
    mut sent: Sent,
) -> Answer {
    let (discount, products) = tokio::try_join!(find(&app, &desk, id), products(&app, &desk))?;
    let page = |sent: &Sent, wrong: &Wrong| edit_page(&desk, &discount, &products, sent, wrong);
    if fill::asks_for_more(&mut sent, || new_code(&app.at())) {
        return show(&page(&sent, &Wrong::default()));
    }
    let (body, wrong) = fill::body(&sent, &desk.zone, Some(&discount));
    if wrong.is_any() {
        return show_again(&page(&sent, &wrong));
    }
    let (caller, body) = (desk.caller.clone(), Body(Some(body)));
    let changed = api::discounts::update(State(app), caller, PathId(id), body).await;
    match judged(changed)? {
        Ok(Json(discount)) => {
            let words = format!("{} was saved.", discount.base.brief.name);
            done(&path(&desk, id, ""), &words)
        }
        Err(wrong) => show_again(&page(&sent, &fill::in_rows(wrong, &sent))),
    }
}

async fn ask_delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsWrite>,
    PathId(id): PathId,
) -> Answer {
    let discount = find(&app, &desk, id).await?;
    let name = &discount.base.brief.name;
    let here = format!("{LIST}/{id}");
    show(&AskPage {
        shell: shelf::inner(&desk, name, &here, format!("Delete {name}?")),
        words: "Nobody can apply it any more, and its code can be given to another discount. Sessions that \
                have it already, and what was bought with it, keep it."
            .to_owned(),
        submit: "Delete",
        action: path(&desk, id, "/delete"),
        cancel: path(&desk, id, ""),
    })
}

async fn delete(
    State(app): State<Arc<App>>,
    desk: Desk<scope::DiscountsWrite>,
    PathId(id): PathId,
) -> Answer {
    let discount = find(&app, &desk, id).await?;
    api::discounts::delete(State(app), desk.caller.clone(), PathId(id)).await?;
    let words = format!("{} was deleted.", discount.base.brief.name);
    done(&desk.path(LIST), &words)
}

/// A moment as the browser's field for day and minute takes it, in the viewer's zone.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    let there: Zoned = at.to_zoned(zone.clone());
    there.strftime("%Y-%m-%dT%H:%M").to_string()
}
