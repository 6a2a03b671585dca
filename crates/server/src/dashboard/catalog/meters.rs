//! Meters: what counts usage.

mod chart;
mod fill;
mod preview;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use serde_json::{Value, json};
use till_wire::{
    meters::{
        Aggregation, Clause, Conjunction, Filter as Rule, FilterPart, Meter, MeterCreate,
        MeterUnit, MeterUpdate, Operand, Operator,
    },
    page::Page,
    usage::{CustomerMeter, Event},
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Action, Fact, Part, moments},
        done,
        form::{FormData, FormErrors, FormPage},
        listing::{Column, Filter, ListingQuery},
        metadata,
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        resource_pages::{
            Listed, METERS, Made, Related, Resource, ResourcePages, Saved, find, form_page,
            form_routes, list_routes, menu,
        },
        show,
    },
    error::Result,
    http::extract::{Body, Caller, Params, PathId, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Meter>(get(detail))
        .merge(form_routes::<Meter>())
        .route(&METERS.at("/preview"), post(preview::show))
        .route(&METERS.at("/{id}/unarchive"), post(unarchive))
}

fn state(meter: &Meter) -> Cell {
    match meter.archived_at {
        Some(_) => Cell::toned("archived", Tone::Quiet),
        None => Cell::toned("active", Tone::Good),
    }
}

/// The aggregation, in words.
fn counts(aggregation: &Aggregation) -> String {
    match aggregation {
        Aggregation::Count => "Number of events".to_owned(),
        Aggregation::Sum { property } => format!("Sum of {property}"),
        Aggregation::Max { property } => format!("Maximum of {property}"),
        Aggregation::Min { property } => format!("Minimum of {property}"),
        Aggregation::Avg { property } => format!("Average of {property}"),
        Aggregation::Unique { property } => format!("Distinct values of {property}"),
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

async fn detail(dashboard: Dashboard<scope::MetersRead>, PathId(id): PathId) -> Answer {
    let meter: Meter = find(&dashboard, id).await?;
    let mut facts = vec![
        Fact::new("Meter ID", Cell::Code(id.to_string())),
        Fact::new("Counts", Cell::Text(counts(&meter.aggregation))),
        Fact::new("Events", Cell::Text(rule_words(&meter.filter))),
        Fact::new("Unit", Cell::Text(unit_words(&meter))),
    ];
    facts.extend(moments(
        meter.created_at,
        meter.modified_at,
        &dashboard.zone,
    ));
    let mut parts = vec![Part::Facts("Meter", facts)];
    parts.push(chart::part(&dashboard, &meter).await?);
    let key = ("meter_id", id);
    let (customers, events) = tokio::try_join!(
        Related::<CustomerMeter>::find(&dashboard, key),
        Related::<Event>::find(&dashboard, key),
    )?;
    parts.extend(customers.map(|some| some.part(&dashboard, "No customer has used it yet.")));
    parts.extend(events.map(|some| some.part(&dashboard, "No event has been counted yet.")));
    parts.extend(metadata(&meter.metadata));
    let mut page = meter.detail(&dashboard, state(&meter), parts);
    if meter.archived_at.is_some() {
        let back = METERS.path(&dashboard, id, "/unarchive");
        page.actions = vec![Action::Do("Unarchive", back)];
    }
    show(&page)
}

async fn change(dashboard: &Dashboard<scope::MetersWrite>, id: Uuid, body: Value) -> Result<Meter> {
    let input = Body(Some(body)).read(MeterUpdate::read)?;
    actions::meters::update(&dashboard.caller, id, input).await
}

async fn unarchive(dashboard: Dashboard<scope::MetersWrite>, PathId(id): PathId) -> Answer {
    let meter = change(&dashboard, id, json!({"is_archived": false})).await?;
    let words = format!("{} counts again.", meter.name);
    done(&METERS.path(&dashboard, id, ""), &words)
}

impl Listed for Meter {
    type Read = scope::MetersRead;

    const PAGES: ResourcePages = METERS;
    const EMPTY: &'static str = "A meter counts usage, such as calls or tokens, in the events that your programs send. Products can be priced by it.";
    const NEW: Option<&'static str> = Some("Create a meter");

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::meters::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::meters::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(query, "Search by name"),
            Filter::archived(query, "All meters"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Name").by("name"),
            Column::new("Counts"),
            Column::new("Status"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            self.link(viewer),
            Cell::Noted(counts(&self.aggregation), rule_words(&self.filter)),
            state(self),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let copy = MenuItem::Copy("Copy meter ID", self.id.to_string());
        if self.archived_at.is_none() {
            return menu(viewer, self, vec![copy]);
        }
        let back = MenuItem::Post("Unarchive", METERS.path(viewer, self.id, "/unarchive"));
        Menu {
            name: self.name.clone(),
            items: vec![copy, MenuItem::Separator, back],
        }
    }
}

impl Resource for Meter {
    type Write = scope::MetersWrite;

    const VERB: &'static str = "Archive";
    const CONSEQUENCE: &'static str =
        "It no longer counts anything, and no new price can use it. You can unarchive it.";

    fn fresh(_: &Dashboard<Self::Write>, _: &ListingQuery) -> FormData {
        fill::fresh()
    }

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_meter(self)
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
        let groups = fill::groups(was, form_data);
        let mut page = form_page(dashboard, was, groups, form_data, errors);
        if was.is_none_or(|meter| !fill::is_nested(meter))
            && let Some(html) = preview::html(dashboard, form_data).await?
        {
            page.form.preview = Some(dashboard.path("/products/meters/preview"));
            page.aside = Some(html);
        }
        Ok(page)
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let input = Body(Some(fill::body(form_data, None))).read(MeterCreate::read)?;
        let made = dashboard
            .create(form_data, input, actions::meters::create)
            .await?;
        let name = made.name.unwrap_or_default();
        Ok((made.id, format!("{name} was created.")))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let body = fill::body(form_data, Some(self));
        let saved = change(dashboard, self.id, body).await?;
        Ok(format!("{} was saved.", saved.name))
    }

    /// One that is in use stays, and the page says so.
    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        match change(dashboard, id, json!({"is_archived": true})).await {
            Ok(meter) => Ok(format!("{} was archived.", meter.name)),
            Err(error) if error.problems().is_empty() => Err(error),
            Err(error) => Ok(FormErrors::of_error(&error)
                .at("is_archived")
                .unwrap_or_default()),
        }
    }
}
