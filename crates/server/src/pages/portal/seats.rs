//! Seats on the page of a subscription or of an order, as the owner and billing managers give them
//! (docs/behaviour: seats/portal).

use std::collections::HashMap;

use axum::{extract::Path, response::Response};
use http::StatusCode;
use till_wire::{seats::Recipient, values::email_syntax};
use uuid::Uuid;

use super::{
    access::{Answer, Visit, answered},
    form::Posted,
    order,
    seat_list::Of,
    subscription,
};
use crate::{
    actions::{portal::seats, seats::Asked},
    error::{ApiError, Result},
    http::{
        idempotency::{EarlierSubmission, IdempotencyGuard},
        limits::Network,
    },
    pages::later,
};

/// The page of the seats again, with the reason why something was not done.
async fn again(of: Of, visit: &Visit, why: &str) -> Answer {
    shown(of, visit, why, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn shown(of: Of, visit: &Visit, why: &str, status: StatusCode) -> Answer {
    let words = Some(visit.say(why));
    match of {
        Of::Subscription(id) => subscription::shown(visit, id, words, status).await,
        Of::Order(id) => order::shown(visit, id, words, status).await,
    }
}

/// The words for a refusal that a person can do something about.
fn refused(error: &ApiError) -> Option<&'static str> {
    match error.name() {
        "SeatNotAvailable" => Some("portal-seats-full"),
        "SeatAlreadyAssigned" => Some("portal-seat-taken"),
        "SeatNotPending" | "SubscriptionLocked" => Some("portal-seat-changed"),
        _ => None,
    }
}

/// Does something with the seats of a page, once for one form, and goes back to it.
async fn done<T>(
    visit: &Visit,
    of: Of,
    (posted, word): (&Posted, &str),
    work: impl AsyncFnOnce(&IdempotencyGuard) -> Result<T>,
) -> Answer {
    let back = || visit.portal.go(&format!("{}?done={word}", of.page()));
    let guard = posted.guard(visit)?;
    match guard.before::<serde::de::IgnoredAny>(visit.app()).await? {
        EarlierSubmission::Nothing => {}
        EarlierSubmission::Begun(_) | EarlierSubmission::Done(_) => return Ok(back()),
    }
    match work(&guard).await {
        Ok(_) => Ok(back()),
        Err(error) if error.retry_after().is_some() => {
            let again = shown(of, visit, "too-often", StatusCode::TOO_MANY_REQUESTS);
            Ok(later(again.await?, &error))
        }
        Err(error) => match refused(&error) {
            Some(why) => again(of, visit, why).await,
            None => Err(error),
        },
    }
}

/// `POST …/seats`: invites somebody.
pub(super) async fn assign(
    visit: Visit,
    network: Network,
    of: Of,
    posted: Result<Posted>,
) -> Response {
    let answer = async {
        let (viewer, posted) = (visit.viewer.billing()?, posted?);
        let typed = posted.text("email");
        let Some(email) = email_syntax(&typed) else {
            let why = match typed.is_empty() {
                true => "error-email-missing",
                false => "error-email",
            };
            return again(of, &visit, why).await;
        };
        let asked = Asked {
            target: of.target(),
            recipient: Recipient::Email(email),
            metadata: None,
            at_once: false,
        };
        let app = visit.app();
        done(
            &visit,
            of,
            (&posted, "invited"),
            async |guard: &IdempotencyGuard| {
                seats::assign(app, viewer, &network, guard, &asked).await
            },
        )
        .await
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// Something that is done with one seat.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// The invitation is sent again.
    Resend,
    /// The seat is taken back.
    Revoke,
}

/// `POST …/seats/{seat_id}/…`
pub(super) async fn act(
    (visit, network): (Visit, Network),
    (of, act): (Of, Act),
    Path(path): Path<HashMap<String, String>>,
    posted: Result<Posted>,
) -> Response {
    let answer = async {
        let (viewer, posted) = (visit.viewer.billing()?, posted?);
        let seat = path.get("seat_id").and_then(|id| id.parse::<Uuid>().ok());
        let seat = seat.ok_or_else(ApiError::not_found)?;
        let app = visit.app();
        let word = match act {
            Act::Resend => "invited",
            Act::Revoke => "seat-free",
        };
        done(
            &visit,
            of,
            (&posted, word),
            async |guard: &IdempotencyGuard| match act {
                Act::Resend => seats::resend(app, viewer, &network, guard, seat).await,
                Act::Revoke => seats::giver(app, &viewer).revoke(seat).await,
            },
        )
        .await
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}
