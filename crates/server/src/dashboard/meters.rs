//! Meters: what counts usage.

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
    form::{FormData, FormErrors, FormPage, judged},
    listing::{Asked, Column, Empty, Filter, Listing, Row},
    parts::{Act, Cell, Menu, Tone, sentence},
    sheet::{Action, Fact, Part, SheetPage, moments},
    show, show_again,
};
use crate::dashboard::resource_pages::{self, METERS};
use crate::{
    api,
    app::App,
    http::{
        error::ApiError,
        extract::{Access, Body, Dashboard, PathId, scope},
    },
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
    dashboard: Dashboard<scope::MetersRead>,
    mut asked: Asked,
) -> Answer {
    let find = |params| api::meters::list(State(app.clone()), dashboard.caller.clone(), params);
    let page = asked.ask(("", ""), &dashboard.zone, find).await?;
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
        step: Some(("Create a meter", METERS.new_at(&dashboard))),
    };
    let row = |meter: &Meter| {
        Row::new(vec![
            Cell::link(METERS.path(&dashboard, meter.id, ""), meter.name.clone()),
            Cell::Noted(counts(&meter.aggregation), rule_words(&meter.filter)),
            state(meter),
            Cell::time(meter.created_at, &dashboard.zone),
        ])
        .menu(menu(&dashboard, meter))
    };
    let list = Listing::of(asked, "Meters", columns, &page, row, empty).filters(filters);
    METERS.page(&dashboard, list)
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

fn menu<A: Access>(dashboard: &Dashboard<A>, meter: &Meter) -> Menu {
    let copy = Act::Copy("Copy meter ID", meter.id.to_string());
    if meter.archived_at.is_none() {
        let this = (meter.id, meter.name.as_str());
        return METERS.menu(dashboard, this, vec![copy], "Archive");
    }
    let back = Act::Do("Unarchive", METERS.path(dashboard, meter.id, "/unarchive"));
    Menu {
        name: meter.name.clone(),
        acts: vec![copy, Act::Line, back],
    }
}

async fn find<A: Access>(
    app: &Arc<App>,
    dashboard: &Dashboard<A>,
    id: Uuid,
) -> Result<Meter, ApiError> {
    resource_pages::one(app, dashboard, id, api::meters::get).await
}

async fn sheet(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersRead>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &dashboard, id).await?;
    let mut facts = vec![
        Fact::new("Meter ID", Cell::Code(id.to_string())),
        Fact::new("Counts", Cell::Text(counts(&meter.aggregation))),
        Fact::new("Of", Cell::Text(rule_words(&meter.filter))),
        Fact::new("Unit", Cell::Text(unit_words(&meter))),
    ];
    facts.extend(moments(
        meter.created_at,
        meter.modified_at,
        &dashboard.zone,
    ));
    let mut parts = vec![Part::Facts("Meter", facts)];
    parts.extend(super::metadata(&meter.metadata));
    let actions = match meter.archived_at {
        Some(_) => vec![Action::Do(
            "Unarchive",
            METERS.path(&dashboard, id, "/unarchive"),
        )],
        None => vec![Action::Go("Edit", METERS.path(&dashboard, id, "/edit"))],
    };
    show(&SheetPage {
        shell: METERS.under_list(&dashboard, meter.name.clone()),
        state: state(&meter),
        actions,
        menu: Some(menu(&dashboard, &meter)),
        parts,
    })
}

fn form_page<A: Access>(
    dashboard: &Dashboard<A>,
    was: Option<&Meter>,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let this = was.map(|meter| (meter.id, meter.name.as_str()));
    METERS.form(
        dashboard,
        this,
        fill::groups(was, form_data),
        form_data,
        errors,
    )
}

async fn new(dashboard: Dashboard<scope::MetersWrite>) -> Answer {
    show(&form_page(
        &dashboard,
        None,
        &fill::fresh(),
        &FormErrors::default(),
    ))
}

async fn create(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersWrite>,
    mut form_data: FormData,
) -> Answer {
    if fill::rows_changed(&mut form_data) {
        return show(&form_page(
            &dashboard,
            None,
            &form_data,
            &FormErrors::default(),
        ));
    }
    let body = Body(Some(fill::body(&form_data, None)));
    let create =
        |guard| api::meters::create(State(app.clone()), dashboard.caller.clone(), guard, body);
    match judged(
        dashboard
            .idempotency_guard(&app, &form_data)?
            .make(&app, create)
            .await,
    )? {
        Ok(Made { id, name, .. }) => done(
            &METERS.path(&dashboard, id, ""),
            &format!("{} was created.", name.unwrap_or_default()),
        ),
        Err(errors) => show_again(&form_page(&dashboard, None, &form_data, &errors)),
    }
}

async fn edit(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &dashboard, id).await?;
    let form_data = fill::of_meter(&meter);
    show(&form_page(
        &dashboard,
        Some(&meter),
        &form_data,
        &FormErrors::default(),
    ))
}

async fn change(
    app: &Arc<App>,
    dashboard: &Dashboard<scope::MetersWrite>,
    id: Uuid,
    body: serde_json::Value,
) -> Result<Meter, ApiError> {
    let (app, caller) = (State(app.clone()), dashboard.caller.clone());
    let changed = api::meters::update(app, caller, PathId(id), Body(Some(body))).await?;
    Ok(changed.0)
}

async fn update(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersWrite>,
    PathId(id): PathId,
    mut form_data: FormData,
) -> Answer {
    let meter = find(&app, &dashboard, id).await?;
    if fill::rows_changed(&mut form_data) {
        return show(&form_page(
            &dashboard,
            Some(&meter),
            &form_data,
            &FormErrors::default(),
        ));
    }
    let body = fill::body(&form_data, Some(&meter));
    match judged(change(&app, &dashboard, id, body).await)? {
        Ok(meter) => done(
            &METERS.path(&dashboard, id, ""),
            &format!("{} was saved.", meter.name),
        ),
        Err(errors) => show_again(&form_page(&dashboard, Some(&meter), &form_data, &errors)),
    }
}

async fn ask_archive(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = find(&app, &dashboard, id).await?;
    let words = "It counts nothing any more, and no price can be set by it. You can unarchive it.";
    METERS.ask(&dashboard, (id, meter.name.as_str()), "Archive", words)
}

async fn archive(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let words = match judged(change(&app, &dashboard, id, json!({"is_archived": true})).await)? {
        Ok(meter) => format!("{} was archived.", meter.name),
        Err(errors) => errors.at("is_archived").unwrap_or_default(),
    };
    done(&METERS.path(&dashboard, id, ""), &words)
}

async fn unarchive(
    State(app): State<Arc<App>>,
    dashboard: Dashboard<scope::MetersWrite>,
    PathId(id): PathId,
) -> Answer {
    let meter = change(&app, &dashboard, id, json!({"is_archived": false})).await?;
    let words = format!("{} counts again.", meter.name);
    done(&METERS.path(&dashboard, id, ""), &words)
}
