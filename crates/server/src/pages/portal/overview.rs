//! The first page: what runs, what is to be paid, and what was bought last. Where nobody is signed in, the way in.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::{StatusCode, request::Parts};
use till_core::orders::visit::Standing;

use super::{
    access::{Answer, Portal, Visit, answered},
    benefits,
    form::Posted,
    order, sign_in, subscription,
    view::{Block, List},
};
use crate::{actions::portal::pages, app::App, pages::page};

/// Orders, and benefits, on the first page.
const LATEST: usize = 5;

/// `GET …/portal`
pub(super) async fn show(State(app): State<Arc<App>>, portal: Portal, parts: Parts) -> Response {
    let query = parts.uri.query().unwrap_or_default();
    let answer = async {
        let asked = Posted::of_query(query);
        if let Some(token) = asked.get("customer_session_token") {
            return sign_in::by_token(&portal, token, &asked).await;
        }
        match portal.signed_in().await? {
            None => Ok(sign_in::show(&portal, query)),
            Some(viewer) => {
                let visit = Visit::of(portal.clone(), viewer, &parts).await?;
                overview(&app, &visit).await
            }
        }
    };
    let answer: Answer = answer.await;
    answered(&portal, answer)
}

async fn overview(app: &App, visit: &Visit) -> Answer {
    let held = pages::current_subscriptions(app, &visit.viewer).await?;
    let mut blocks = Vec::new();
    let mut latest = None;
    if visit.is_billing() {
        let viewer = visit.viewer.billing()?;
        let (orders, more) = pages::orders(app, &viewer, 1).await?;
        let due = orders.iter().filter(|one| one.standing() == Standing::Due);
        blocks.extend(due.map(|one| order::pay(visit, one)));
        let shown = orders.iter().take(LATEST);
        latest = Some(Block::List(List {
            title: Some(visit.say("portal-latest")),
            rows: shown.map(|one| order::row(visit, one)).collect(),
            empty: visit.say("portal-no-orders"),
            more: (more || orders.len() > LATEST)
                .then(|| visit.link("/orders", "portal-all-orders")),
        }));
    }
    let rows = held
        .iter()
        .map(|(row, product)| subscription::row(visit, row, product));
    blocks.push(Block::List(List {
        title: Some(visit.say("portal-subscriptions")),
        rows: rows.collect(),
        empty: visit.say("portal-no-subscriptions"),
        more: None,
    }));
    blocks.extend(benefits::first(visit, LATEST).await?);
    blocks.extend(latest);
    let shown = visit.page("", visit.say("portal-overview"), blocks);
    Ok(page(StatusCode::OK, &shown))
}
