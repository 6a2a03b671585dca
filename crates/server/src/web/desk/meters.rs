//! Meters: what counts usage (lifecycle.md I.2).

mod fill;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde_json::json;
use till_wire::meters::{
    Aggregation, Clause, Conjunction, Filter as Rule, FilterPart, Meter, MeterUnit, Operand,
    Operator,
};
use uuid::Uuid;

use super::{
    Answer, done,
    form::{AskPage, FormPage, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, Filter, ListPage, Listing, Row},
    parts::{Act, Cell, Menu, Tone, sentence},
    sheet::{Action, Fact, Part, SheetPage},
    shelf::{self, Shelf},
    show, show_again,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Body, Desk, PathId, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/products/meters", get(list))
        .route(
            "/dashboard/{shop}/products/meters/new",
            get(new).post(create),
        )
        .route("/dashboard/{shop}/products/meters/{id}", get(sheet))
        .route(
            "/dashboard/{shop}/products/meters/{id}/edit",
            get(edit).post(update),
        )
        .route(
            "/dashboard/{shop}/products/meters/{id}/archive",
            get(ask_archive).post(archive),
        )
        .route(
            "/dashboard/{shop}/products/meters/{id}/unarchive",
            post(unarchive),
        )
}

fn path<A: Access>(desk: &Desk<A>, id: Uuid, rest: &str) -> String {
    desk.path(&format!("/products/meters/{id}{rest}"))
}

async fn list(State(app): State<Arc<App>>, desk: Desk<scope::MetersRead>, asked: Asked) -> Answer {
    let params = asked.params(("", ""), &desk.zone);
    let page = api::meters::list(State(app), desk.caller.clone(), params)
        .await?
        .0;
    let columns = vec![
        Column::new("Name").by("name"),
        Column::new("Counts"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
    ];
    let filters = [
        Filter::search(&asked, "Search by name"),
        Filter::choice(
            &asked,
            "is_archived",
            "Show",
            "All meters",
            [("false", "Active"), ("true", "Archived")].map(|(v, w)| (v.into(), w.into())),
        ),
    ];
    let empty = Empty {
        words: "A meter counts what your customers use, such as calls or tokens; a product can then be priced by it.",
        step: Some(("Create a meter", desk.path("/products/meters/new"))),
    };
    let row = |meter: &Meter| {
        Row::new(vec![
            Cell::Link {
                href: path(&desk, meter.id, ""),
                text: meter.name.clone(),
                note: None,
            },
            Cell::Noted(counts(&meter.aggregation), rule_words(&meter.filter)),
            state(meter),
            Cell::time(meter.created_at, &desk.zone),
        ])
        .menu(menu(&desk, meter))
    };
    show(&ListPage {
        shell: shelf::shell(&desk, Shelf::Meters),
        action: Some(("New meter", desk.path("/products/meters/new"))),
        list: Listing::of(asked, "Meters", columns, &page, row, empty).filters(filters),
    })
}

fn state(meter: &Meter) -> Cell {
    match meter.archived_at {
        Some(_) => Cell::toned("archived", Tone::Quiet),
        None => Cell::toned("active", Tone::Good),
    }
}

/// How events are counted, in words.
fn counts(aggregation: &Aggregation) -> String {
    match aggregation {
        Aggregation::Count => "Number of events".to_owned(),
        Aggregation::Sum { property } => format!("Sum of {property}"),
        Aggregation::Max { property } => format!("Greatest {property}"),
        Aggregation::Min { property } => format!("Least {property}"),
        Aggregation::Avg { property } => format!("Mean of {property}"),
        Aggregation::Unique { property } => format!("Different values of {property}"),
    }
}

fn operator_words(operator: Operator) -> &'static str {
    match operator {
        Operator::Eq => "is",
        Operator::Ne => "is not",
        Operator::Gt => "is greater than",
        Operator::Gte => "is at least",
        Operator::Lt => "is less than",
        Operator::Lte => "is at most",
        Operator::Like => "contains",
        Operator::NotLike => "does not contain",
    }
}

/// Which events count, in words.
fn rule_words(rule: &Rule) -> String {
    if rule.clauses.is_empty() {
        return "All events".to_owned();
    }
    let between = match rule.conjunction {
        Conjunction::And => " and ",
        Conjunction::Or => " or ",
    };
    let part = |part: &FilterPart| match part {
        FilterPart::Clause(clause) => clause_words(clause),
        FilterPart::Filter(rule) => format!("({})", rule_words(rule)),
    };
    let parts: Vec<_> = rule.clauses.iter().map(part).collect();
    parts.join(between)
}

fn clause_words(clause: &Clause) -> String {
    let value = match &clause.value {
        Operand::Flag(flag) => flag.to_string(),
        Operand::Number(number) => number.to_string(),
        Operand::Text(text) => format!("“{text}”"),
    };
    let operator = operator_words(clause.operator);
    format!("{} {operator} {value}", clause.property)
}

fn unit_words(meter: &Meter) -> String {
    match meter.unit {
        MeterUnit::Custom => {
            let label = meter.custom_label.clone().unwrap_or_default();
            match meter.custom_multiplier {
                Some(n) => format!("{label} of {n}"),
                None => label,
            }
        }
        other => sentence(other.as_str()),
    }
}

fn menu<A: Access>(desk: &Desk<A>, meter: &Meter) -> Menu {
    let mut acts = vec![Act::Copy("Copy meter ID", meter.id.to_string()), Act::Line];
    acts.extend(match meter.archived_at {
        Some(_) => vec![Act::Do("Unarchive", path(desk, meter.id, "/unarchive"))],
        None => vec![
            Act::Go("Edit", path(desk, meter.id, "/edit")),
            Act::Line,
            Act::Ask("Archive", path(desk, meter.id, "/archive")),
        ],
    });
    Menu {
        name: meter.name.clone(),
        acts,
    }
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Meter, ApiError> {
    let caller = desk.may::<scope::MetersRead>()?;
    let found = api::meters::get(State(app.clone()), caller, PathId(id)).await?;
    Ok(found.0)
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersRead>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &desk, id).await?;
    let facts = vec![
        Fact::new("Meter ID", Cell::Code(id.to_string())),
        Fact::new("Counts", Cell::Text(counts(&meter.aggregation))),
        Fact::new("Of", Cell::Text(rule_words(&meter.filter))),
        Fact::new("Unit", Cell::Text(unit_words(&meter))),
        Fact::new("Created", Cell::time(meter.created_at, &desk.zone)),
        Fact::new(
            "Last changed",
            Cell::time_or_nothing(meter.modified_at, &desk.zone),
        ),
    ];
    let mut parts = vec![Part::Facts("Meter", facts)];
    parts.extend(super::metadata(&meter.metadata));
    let actions = match meter.archived_at {
        Some(_) => vec![Action::Do("Unarchive", path(&desk, id, "/unarchive"))],
        None => vec![Action::Go("Edit", path(&desk, id, "/edit"))],
    };
    show(&SheetPage {
        shell: shelf::inner(&desk, "Meters", "/products/meters", meter.name.clone()),
        state: state(&meter),
        actions,
        menu: Some(menu(&desk, &meter)),
        parts,
    })
}

fn form_page<A: Access>(
    desk: &Desk<A>,
    was: Option<&Meter>,
    sent: &Sent,
    wrong: &Wrong,
) -> FormPage {
    let (title, action, submit) = match was {
        Some(meter) => (
            format!("Edit {}", meter.name),
            path(desk, meter.id, "/edit"),
            "Save meter",
        ),
        None => (
            "New meter".to_owned(),
            desk.path("/products/meters/new"),
            "Create meter",
        ),
    };
    FormPage {
        shell: shelf::inner(desk, "Meters", "/products/meters", title),
        form: fill::form(action, submit, was, sent, wrong),
        aside: None,
    }
}

async fn new(desk: Desk<scope::MetersWrite>) -> Answer {
    show(&form_page(&desk, None, &fill::fresh(), &Wrong::default()))
}

async fn create(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    mut sent: Sent,
) -> Answer {
    if fill::rows_changed(&mut sent) {
        return show(&form_page(&desk, None, &sent, &Wrong::default()));
    }
    let body = Body(Some(fill::body(&sent, None)));
    match judged(api::meters::create(State(app), desk.caller.clone(), body).await)? {
        Ok((_, Json(meter))) => done(
            &path(&desk, meter.id, ""),
            &format!("{} was created.", meter.name),
        ),
        Err(wrong) => show_again(&form_page(&desk, None, &sent, &wrong)),
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &desk, id).await?;
    let sent = fill::of_meter(&meter);
    show(&form_page(&desk, Some(&meter), &sent, &Wrong::default()))
}

async fn change(
    app: &Arc<App>,
    desk: &Desk<scope::MetersWrite>,
    id: Uuid,
    body: serde_json::Value,
) -> Result<Meter, ApiError> {
    let (app, caller) = (State(app.clone()), desk.caller.clone());
    let changed = api::meters::update(app, caller, PathId(id), Body(Some(body))).await?;
    Ok(changed.0)
}

async fn update(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
    mut sent: Sent,
) -> Answer {
    let meter = find(&app, &desk, id).await?;
    if fill::rows_changed(&mut sent) {
        return show(&form_page(&desk, Some(&meter), &sent, &Wrong::default()));
    }
    let body = fill::body(&sent, Some(&meter));
    match judged(change(&app, &desk, id, body).await)? {
        Ok(meter) => done(&path(&desk, id, ""), &format!("{} was saved.", meter.name)),
        Err(wrong) => show_again(&form_page(&desk, Some(&meter), &sent, &wrong)),
    }
}

async fn ask_archive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &desk, id).await?;
    let title = format!("Archive {}?", meter.name);
    show(&AskPage {
        shell: shelf::inner(&desk, "Meters", "/products/meters", title),
        words: "It counts nothing any more, and no price can be set by it. You can unarchive it."
            .to_owned(),
        submit: "Archive",
        action: path(&desk, id, "/archive"),
        cancel: path(&desk, id, ""),
    })
}

async fn archive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = match judged(change(&app, &desk, id, json!({"is_archived": true})).await)? {
        Ok(meter) => format!("{} was archived.", meter.name),
        Err(wrong) => wrong.at("is_archived").unwrap_or_default(),
    };
    done(&path(&desk, id, ""), &words)
}

async fn unarchive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = change(&app, &desk, id, json!({"is_archived": false})).await?;
    let words = format!("{} counts again.", meter.name);
    done(&path(&desk, id, ""), &words)
}
