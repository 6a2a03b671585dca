//! The page about payments: the processor, its account, what it tells by itself, and the checks of it.

use std::{sync::Arc, time::Duration};

use axum::{Router, routing::get};
use jiff::SignedDuration;
use till_core::{
    kernel::records::{PaymentState, ProcessorState},
    organizations::capabilities,
};
use till_ports::processor::{Check, CheckStatus};
use till_wire::page::Page;
use tokio::time::timeout;

use super::{Tab, layout};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::{Action, DetailPage, Fact, Part},
        listing::{Column, Empty, Listing, ListingQuery, Row, thousands},
        parts::{Cell, Tone, capitalized, sentence},
        sales, show,
    },
    error::Result,
    http::{extract::scope, limits},
};

/// Test cards and what they do.
const CARDS: [(&str, &str); 3] = [
    ("4242 4242 4242 4242", "Succeeds"),
    ("4000 0000 0000 0002", "Is declined"),
    ("4000 0025 0000 3155", "Asks for 3-D Secure"),
];

/// Time that somebody waits for the checks.
const CHECKED_WITHIN: Duration = Duration::from_secs(3);

pub fn routes() -> Router<Arc<App>> {
    Router::new().route(
        "/dashboard/{shop}/settings/processor",
        get(detail).post(check),
    )
}

/// Shows what is known: the processor is not asked.
async fn detail(dashboard: Dashboard<scope::PaymentsRead>) -> Answer {
    show(&page(&dashboard, None).await?)
}

/// Asks the processor, and shows what it says.
async fn check(dashboard: Dashboard<scope::OrganizationsWrite>) -> Answer {
    limits::checking(&dashboard.app, dashboard.organization.id).await?;
    let checks = checks(&dashboard.app).await;
    show(&page(&dashboard, Some(checks)).await?)
}

async fn checks(app: &App) -> Vec<Check> {
    let asked = app.processor.checks(app.clock.now());
    timeout(CHECKED_WITHIN, asked).await.unwrap_or_else(|_| {
        let (name, seconds) = (name(app), CHECKED_WITHIN.as_secs());
        vec![Check {
            status: CheckStatus::Fail,
            message: format!("{name} did not answer within {seconds} seconds"),
            advice: "look at its status page and at this server's network, then check again"
                .to_owned(),
        }]
    })
}

/// The processor's name, as it is written.
fn name(app: &App) -> String {
    sentence(app.processor.name().as_str())
}

async fn page(viewer: &Viewer, checks: Option<Vec<Check>>) -> Result<DetailPage> {
    let app = &viewer.app;
    let is_sandbox = app.sandbox.is_some();
    let state = app.store.processor_state(app.processor.name()).await?;
    let mut parts = Vec::new();
    parts.extend(checks.map(|checks| findings(viewer, checks)));
    parts.push(processor(viewer, state.as_ref()));
    if !is_sandbox {
        parts.push(notices(viewer, state.as_ref()));
    }
    parts.push(attempts(viewer).await?);
    if is_sandbox {
        let card = |(number, words): (&str, &str)| Fact::new(words, Cell::Code(number.to_owned()));
        parts.push(Part::Facts("Test cards", CARDS.map(card).into()));
    }
    let mut actions = Vec::new();
    if !is_sandbox && viewer.may::<scope::OrganizationsWrite>().is_ok() {
        actions.push(Action::Do("Check now", viewer.path("/settings/processor")));
    }
    Ok(DetailPage {
        layout: layout(viewer, Tab::Processor),
        state: Cell::Empty,
        actions,
        menu: None,
        parts,
    })
}

fn processor(viewer: &Viewer, state: Option<&ProcessorState>) -> Part {
    let app = &viewer.app;
    let (name, words) = match (app.sandbox.is_some(), app.processor.test_mode()) {
        (true, _) => (
            "Sandbox".to_owned(),
            "No real money moves, and real cards are refused.",
        ),
        (false, true) => (format!("{}, test mode", name(app)), "No real money moves."),
        (false, false) => (format!("{}, live", name(app)), "Real cards are charged."),
    };
    let allowed = capabilities(viewer.organization.status);
    let or_not = |is: bool| match is {
        true => Cell::toned("yes", Tone::Good),
        false => Cell::toned("no", Tone::Bad),
    };
    let mut facts = vec![Fact::new("Processor", Cell::Noted(name, words.to_owned()))];
    if let Some(account) = state.and_then(|state| state.account.as_ref()) {
        let mut cells = vec![Cell::Code(account.clone())];
        let known = (app.processor.name(), Some(account.as_str()));
        cells.extend(sales::at_processor(viewer, known));
        facts.push(Fact::new("Account", Cell::Many(cells)));
    }
    facts.extend([
        Fact::new("Takes payments", or_not(allowed.checkout_payments)),
        Fact::new(
            "Renews subscriptions",
            or_not(allowed.subscription_renewals),
        ),
    ]);
    Part::Facts("Processor", facts)
}

/// Time of the processor's last notice, and of the last question to it.
fn notices(viewer: &Viewer, state: Option<&ProcessorState>) -> Part {
    let app = &viewer.app;
    let name = name(app);
    let heard = state.and_then(|state| state.last_notice_at);
    let last = match heard {
        Some(at) => Cell::time(at, &viewer.zone),
        None => Cell::Noted(
            "None yet".to_owned(),
            format!("Till hears of payments when it asks {name}."),
        ),
    };
    let asked = state.map(|state| state.polled_until);
    let endpoint = format!(
        "{}/v1/integrations/{}/webhook",
        app.urls.public_url.trim_end_matches('/'),
        app.processor.name()
    );
    let words = format!(
        "Add this address to {name} as a webhook endpoint, so that Till hears of refunds, disputes and late payments at \
         once. Without it, Till hears of them when it next asks."
    );
    let facts = vec![
        Fact::new("Last notice received", last),
        Fact::new(
            "Last asked for events",
            Cell::time_or_nothing(asked, &viewer.zone),
        ),
        Fact::new(
            "Webhook endpoint",
            Cell::Many(vec![Cell::Code(endpoint), Cell::Text(words)]),
        ),
    ];
    Part::Facts("Notices", facts)
}

async fn attempts(viewer: &Viewer) -> Result<Part> {
    let app = &viewer.app;
    let since = viewer.now() - SignedDuration::from_hours(24);
    let own = viewer.organization.id;
    let counts = app.store.attempts_since(own, since).await?;
    let count = |wanted: fn(PaymentState) -> bool| {
        let found = counts.iter().filter(|(state, _)| wanted(*state));
        Cell::Text(thousands(found.map(|(_, count)| count).sum()))
    };
    let facts = vec![
        Fact::new("Succeeded", count(|state| state == PaymentState::Succeeded)),
        Fact::new("Declined", count(|state| state == PaymentState::Failed)),
        Fact::new("Outcome not known yet", count(|state| !state.is_settled())),
    ];
    Ok(Part::Facts("Attempts of the last 24 hours", facts))
}

/// Findings of the checks, what must be mended first.
fn findings(viewer: &Viewer, mut checks: Vec<Check>) -> Part {
    checks.sort_by_key(|check| match check.status {
        CheckStatus::Fail => 0,
        CheckStatus::Warn => 1,
        CheckStatus::Ok => 2,
    });
    let columns = vec![
        Column::new("Finding"),
        Column::new("Status"),
        Column::new("What to do"),
    ];
    let row = |check: &Check| {
        let status = match check.status {
            CheckStatus::Ok => Cell::toned("OK", Tone::Good),
            CheckStatus::Warn => Cell::toned("Note", Tone::Busy),
            CheckStatus::Fail => Cell::toned("Problem", Tone::Bad),
        };
        let advice = Some(&check.advice).filter(|advice| !advice.is_empty());
        Row::new(vec![
            Cell::Text(capitalized(&check.message)),
            status,
            Cell::text(advice.map(|advice| capitalized(advice))),
        ])
    };
    let query = ListingQuery::new(&viewer.path("/settings/processor"), "");
    let empty = Empty {
        words: "There is nothing to check.",
        step: None,
    };
    let total = i64::try_from(checks.len()).unwrap_or(i64::MAX);
    let page = Page::new(checks, total, u32::MAX);
    let list = Listing::of(query, "Checks", columns, &page, row, empty);
    Part::list("Checks", list.part())
}
