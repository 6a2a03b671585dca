//! Meters: what counts usage (lifecycle.md I.2).

mod fill;

use std::sync::Arc;

use axum::{
    Router,
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
    Answer, Made, done,
    form::{FormPage, Sent, Wrong, judged},
    listing::{Asked, Column, Empty, Filter, Listing, Row},
    parts::{Act, Cell, Menu, Tone, sentence},
    sheet::{Action, Fact, Part, SheetPage, moments},
    shelf::{self, METERS},
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
    let new = get(new).post(create);
    let edit = get(edit).post(update);
    let archive = get(ask_archive).post(archive);
    METERS
        .routes(get(list), new, get(sheet), edit, ("archive", archive))
        .route(&METERS.at("/{id}/unarchive"), post(unarchive))
}

async fn list(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::meters::list(State(app.clone()), desk.caller.clone(), params);
    let page = asked.ask(("", ""), &desk.zone, find).await?;
    let columns = vec![
        Column::new("Name").by("name"),
        Column::new("Counts"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
    ];
    let filters = [
        Filter::search(&asked, "Search by name"),
        Filter::archived(&asked, "All meters"),
    ];
    let empty = Empty {
        words: "A meter counts what your customers use, such as calls or tokens; a product can then be priced by it.",
        step: Some(("Create a meter", METERS.new_at(&desk))),
    };
    let row = |meter: &Meter| {
        Row::new(vec![
            Cell::link(METERS.path(&desk, meter.id, ""), meter.name.clone()),
            Cell::Noted(counts(&meter.aggregation), rule_words(&meter.filter)),
            state(meter),
            Cell::time(meter.created_at, &desk.zone),
        ])
        .menu(menu(&desk, meter))
    };
    let list = Listing::of(asked, "Meters", columns, &page, row, empty).filters(filters);
    METERS.page(&desk, list)
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
    let copy = Act::Copy("Copy meter ID", meter.id.to_string());
    if meter.archived_at.is_none() {
        let this = (meter.id, meter.name.as_str());
        return METERS.menu(desk, this, vec![copy], "Archive");
    }
    let back = Act::Do("Unarchive", METERS.path(desk, meter.id, "/unarchive"));
    Menu {
        name: meter.name.clone(),
        acts: vec![copy, Act::Line, back],
    }
}

async fn find<A: Access>(app: &Arc<App>, desk: &Desk<A>, id: Uuid) -> Result<Meter, ApiError> {
    shelf::one(app, desk, id, api::meters::get).await
}

async fn sheet(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersRead>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &desk, id).await?;
    let mut facts = vec![
        Fact::new("Meter ID", Cell::Code(id.to_string())),
        Fact::new("Counts", Cell::Text(counts(&meter.aggregation))),
        Fact::new("Of", Cell::Text(rule_words(&meter.filter))),
        Fact::new("Unit", Cell::Text(unit_words(&meter))),
    ];
    facts.extend(moments(meter.created_at, meter.modified_at, &desk.zone));
    let mut parts = vec![Part::Facts("Meter", facts)];
    parts.extend(super::metadata(&meter.metadata));
    let actions = match meter.archived_at {
        Some(_) => vec![Action::Do(
            "Unarchive",
            METERS.path(&desk, id, "/unarchive"),
        )],
        None => vec![Action::Go("Edit", METERS.path(&desk, id, "/edit"))],
    };
    show(&SheetPage {
        shell: METERS.under_list(&desk, meter.name.clone()),
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
    let this = was.map(|meter| (meter.id, meter.name.as_str()));
    METERS.form(desk, this, fill::groups(was, sent), sent, wrong)
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
    let create = |once| api::meters::create(State(app.clone()), desk.caller.clone(), once, body);
    match judged(desk.once(&app, &sent)?.make(&app, create).await)? {
        Ok(Made { id, name, .. }) => done(
            &METERS.path(&desk, id, ""),
            &format!("{} was created.", name.unwrap_or_default()),
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
        Ok(meter) => done(
            &METERS.path(&desk, id, ""),
            &format!("{} was saved.", meter.name),
        ),
        Err(wrong) => show_again(&form_page(&desk, Some(&meter), &sent, &wrong)),
    }
}

async fn ask_archive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &desk, id).await?;
    let words = "It counts nothing any more, and no price can be set by it. You can unarchive it.";
    METERS.ask(&desk, (id, meter.name.as_str()), "Archive", words)
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
    done(&METERS.path(&desk, id, ""), &words)
}

async fn unarchive(
    State(app): State<Arc<App>>,
    desk: Desk<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = change(&app, &desk, id, json!({"is_archived": false})).await?;
    let words = format!("{} counts again.", meter.name);
    done(&METERS.path(&desk, id, ""), &words)
}
