//! The page about the payment processor.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::SignedDuration;
use till_core::{kernel::records::PaymentState, organizations::capabilities};

use super::{Tab, layout};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        detail::{DetailPage, Fact, Part},
        listing::thousands,
        parts::{Cell, Tone},
        show,
    },
    http::extract::scope,
};

/// Test cards and what they do.
const CARDS: [(&str, &str); 3] = [
    ("4242 4242 4242 4242", "Succeeds"),
    ("4000 0000 0000 0002", "Is declined"),
    ("4000 0025 0000 3155", "Asks for 3-D Secure"),
];

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/dashboard/{shop}/settings/processor", get(detail))
}

async fn detail(dashboard: Dashboard<scope::PaymentsRead>) -> Answer {
    let app = &dashboard.app;
    let organization = &dashboard.caller.organization;
    let since = app.clock.now() - SignedDuration::from_hours(24);
    let counts = app.store.attempts_since(organization.id, since).await?;
    let count = |wanted: fn(PaymentState) -> bool| {
        let found = counts.iter().filter(|(state, _)| wanted(*state));
        Cell::Text(thousands(found.map(|(_, count)| count).sum()))
    };
    let can = capabilities(organization.status);
    let able = |yes: bool| match yes {
        true => Cell::toned("yes", Tone::Good),
        false => Cell::toned("no", Tone::Bad),
    };
    let (name, words) = match (app.sandbox.is_some(), app.processor.test_mode()) {
        (true, _) => (
            "Sandbox",
            "No real money moves, and real cards are refused.",
        ),
        (false, true) => ("Test mode", "No real money moves."),
        (false, false) => ("Live", "Real cards are charged."),
    };
    let mut parts = vec![
        Part::Facts(
            "Processor",
            vec![
                Fact::new("Processor", Cell::Noted(name.to_owned(), words.to_owned())),
                Fact::new("Takes payments", able(can.checkout_payments)),
                Fact::new(
                    "Renews subscriptions",
                    Cell::Text("Not yet: Till charges only the first payment.".to_owned()),
                ),
            ],
        ),
        Part::Facts(
            "Attempts of the last 24 hours",
            vec![
                Fact::new("Succeeded", count(|state| state == PaymentState::Succeeded)),
                Fact::new("Declined", count(|state| state == PaymentState::Failed)),
                Fact::new("Outcome not known yet", count(|state| !state.is_settled())),
            ],
        ),
    ];
    if app.sandbox.is_some() {
        let card = |(number, words): (&str, &str)| Fact::new(words, Cell::Code(number.to_owned()));
        parts.push(Part::Facts("Test cards", CARDS.map(card).into()));
    }
    show(&DetailPage {
        layout: layout(&dashboard, Tab::Processor),
        state: Cell::Empty,
        actions: Vec::new(),
        menu: None,
        parts,
    })
}
