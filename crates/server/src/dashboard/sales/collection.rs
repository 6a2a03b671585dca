//! The collection of an unpaid order: when its card is charged next, why that failed before, and a charge at once.

use std::sync::Arc;

use axum::{Router, routing::post};
use till_core::{
    kernel::records::{Order as Row, Payment as Attempt, PaymentMethod, PaymentState},
    orders::visit::Standing,
    subscriptions::dun::MOST_FAILURES,
};
use till_wire::payments::{Payment, PaymentStatus};
use uuid::Uuid;

use super::declines;
use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::{Action, Fact, Part},
        done,
        form_data::FormData,
        parts::{Cell, card},
        resource_pages::{ORDERS, PAYMENTS},
    },
    error::{ApiError, Result},
    http::{
        extract::{PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route(&ORDERS.at("/{id}/retry"), post(retry))
}

/// The button that charges the order at once, for those who may.
pub fn action(viewer: &Viewer, id: Uuid) -> Option<Action> {
    viewer.may::<scope::OrdersWrite>().ok()?;
    let to = ORDERS.path(viewer, id, "/retry");
    Some(Action::Make("Try again now", to, viewer.key.clone()))
}

/// State of the collection; `payments` are the attempts to pay the order, the newest first.
pub fn part(
    viewer: &Viewer,
    order: &Row,
    saved: Option<&PaymentMethod>,
    payments: &[Payment],
) -> Part {
    let is_asked = payments
        .iter()
        .any(|one| one.status == PaymentStatus::Pending);
    let mut facts = Vec::new();
    if order.standing() == Standing::Due {
        facts.push(Fact::new(
            "Next attempt",
            match order.next_payment_attempt_at {
                _ if is_asked => Cell::Text("The card is being charged.".to_owned()),
                Some(at) => Cell::time(at, &viewer.zone),
                None => Cell::Text("None is scheduled.".to_owned()),
            },
        ));
    }
    facts.push(Fact::new("Failed attempts", failures(order)));
    if let Some((code, payment)) = last_failure(payments) {
        let link = Cell::link(PAYMENTS.path(viewer, payment.id, ""), declines::words(code));
        let at = Cell::time(payment.created_at, &viewer.zone);
        facts.push(Fact::new("Last failure", Cell::Many(vec![link, at])));
    }
    if order.standing() == Standing::Due {
        facts.push(Fact::new("Card", saved_card(saved)));
    }
    Part::Facts("Collection", facts)
}

/// The card that is charged, in words.
pub fn saved_card(saved: Option<&PaymentMethod>) -> Cell {
    match saved {
        Some(method) => {
            let (words, expiry) = card(Some(&method.card.0), &method.kind);
            Cell::Noted(words, expiry.unwrap_or_default())
        }
        None => Cell::Text("No card is saved, so nothing can be charged.".to_owned()),
    }
}

/// The failures that count. Those of the last bill of a subscription that has ended count, too.
fn failures(order: &Row) -> Cell {
    let count = order.failed_payments;
    if order.subscription_id.is_none() {
        return Cell::Text(count.to_string());
    }
    let words = format!("{count} of {MOST_FAILURES}");
    match count >= MOST_FAILURES || order.standing() == Standing::Void {
        true => Cell::Text(words),
        false => Cell::Noted(
            words,
            "If the last one fails, the subscription ends.".to_owned(),
        ),
    }
}

fn last_failure(payments: &[Payment]) -> Option<(&str, &Payment)> {
    payments
        .iter()
        .filter(|one| one.status == PaymentStatus::Failed)
        .find_map(|one| Some((one.decline_reason.as_deref()?, one)))
}

/// Charges the order, and tells on its page how that ended.
async fn retry(
    dashboard: Dashboard<scope::OrdersWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let charge = async |guard: IdempotencyGuard| -> Result<String> {
        let caller = &dashboard.caller;
        let attempt = Box::pin(actions::orders::retry::charge(caller, id, &guard)).await?;
        let words = outcome(&attempt);
        guard.done(&dashboard.app, &words).await?;
        Ok(words)
    };
    let told: Result<String, ApiError> = dashboard.make(&form_data, charge).await;
    let here = ORDERS.path(&dashboard, id, "");
    match told {
        Ok(words) => done(&here, &words),
        Err(error) if error.status() == http::StatusCode::NOT_FOUND => Err(error.into()),
        Err(error) if error.status().is_client_error() => done(&here, &error.detail()),
        Err(error) => Err(error.into()),
    }
}

/// End of an attempt, in a sentence or two.
fn outcome(attempt: &Attempt) -> String {
    match attempt.state {
        PaymentState::Succeeded => "The card was charged, and the order is paid.".to_owned(),
        PaymentState::Failed => {
            let code = attempt.decline_reason.as_deref().unwrap_or_default();
            format!("The attempt failed. {}.", declines::words(code))
        }
        _ => "The card is being charged. Reload this page in a moment.".to_owned(),
    }
}
