//! The sandbox's own routes: what the page's card fields become, for programs, and the test clock.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use till_core::kernel::changes::Changes;
use till_ports::processor::sandbox::{CardField, CardInput, TokenizeError};
use till_wire::{
    clocks::{Clock, ClockMove},
    error::{ErrorBody, ValidationBody},
    input::{Fields, Problem, int_in, text_of},
    limits, loc,
};
use utoipa::ToSchema;

use super::{
    Created, Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::clock,
    app::App,
    error::{ApiError, OrNotFound},
    http::{
        extract::{Body, Caller, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![create, get, advance];

/// Characters of a number, with whatever groups it.
const NUMBER: usize = 64;
/// Characters of a security code, with space around it.
const CVC: usize = 16;

/// Confirmation token: it stands for a card when a checkout session is confirmed.
#[derive(Debug, Serialize, ToSchema)]
struct ConfirmationToken {
    /// Value for `confirmation_token_id`.
    id: String,
}

/// Card of the sandbox.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the document's picture of a body that is read by hand"
)]
struct Card {
    /// Number of the card: one of the sandbox's test numbers; others are refused.
    #[schema(max_length = 64)]
    number: String,
    /// Month of expiry, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    exp_month: i64,
    /// Year of expiry, with two or four digits.
    #[schema(minimum = 0, maximum = 9999)]
    exp_year: i64,
    /// Security code: three digits, or four for American Express.
    #[schema(max_length = 16)]
    cvc: String,
    /// Name on the card.
    #[schema(max_length = 256)]
    name: Option<String>,
}

/// Create a sandbox confirmation token
///
/// Creates a confirmation token for a test card of the sandbox, as the card form of the checkout page does. The card
/// number is not kept.
#[utoipa::path(post, path = "/v1/sandbox/confirmation-tokens", operation_id = "sandbox:create_confirmation_token",
    request_body(content = Card, description = "Test card."),
    responses(
        (status = 201, description = "Confirmation token that was created.", body = ConfirmationToken),
        (status = 404, description = "This server does not use the sandbox.", body = ErrorBody),
        (status = 422, description = "The number is not one of the test cards, the card has expired, or another field is wrong.", body = ValidationBody)),
    security(()),
)]
async fn create(
    State(app): State<Arc<App>>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<ConfirmationToken> {
    let sandbox = app.sandbox.as_ref().or_not_found()?;
    let card = body.object(card)?;
    match sandbox.tokenize(card, app.clock.now()).await {
        // One that is made and never told opens nothing, and is of no use after an hour.
        Ok(id) => {
            let made = ConfirmationToken { id };
            let made = app
                .reply_kept(&guard, StatusCode::CREATED, Changes::new(), made)
                .await?;
            Ok((StatusCode::CREATED, Json(made)))
        }
        Err(TokenizeError::Card(wrong)) => Err(ApiError::unreadable(
            wrong
                .into_iter()
                .map(|problem| {
                    let key = match problem.field {
                        CardField::Number => "number",
                        CardField::Expiry => "exp_year",
                        CardField::Cvc => "cvc",
                    };
                    // The number itself is never sent back.
                    Problem::value(
                        loc!["body", key],
                        problem.code.message(),
                        serde_json::Value::Null,
                    )
                })
                .collect(),
        )),
        Err(error) => Err(ApiError::internal(error)),
    }
}

/// Get the test clock
///
/// Returns the time of your organization, and whether its clock is being moved.
#[utoipa::path(get, path = "/v1/sandbox/clock", operation_id = "sandbox:get_clock",
    responses(
        (status = 200, description = "Clock of your organization.", body = Clock),
        (status = 404, description = "This server does not use the sandbox.", body = ErrorBody))
)]
async fn get(caller: Caller<scope::OrganizationsRead>) -> Reply<Clock> {
    clock::get(&caller).await.map(Json)
}

/// Move the test clock
///
/// Moves the time of your organization forward. Everything that becomes due on the way, such as renewals, retries of
/// failed payments and the expiry of checkout sessions, is done in order and at its time, and webhooks tell of it. The
/// response does not wait for that: get the clock until it is no longer `advancing`. A clock never goes back.
#[utoipa::path(post, path = "/v1/sandbox/clock", operation_id = "sandbox:move_clock",
    request_body(content = ClockMove, description = "Time to move the clock by, or to."),
    responses(
        (status = 202, description = "Clock, which is now being moved.", body = Clock),
        (status = 404, description = "This server does not use the sandbox.", body = ErrorBody),
        (status = 409, description = "The clock is being moved already (`ClockAdvancing`).", body = ErrorBody),
        (status = 422, description = "The body has neither or both of `advance` and `to`, or the time is not later, or too late.", body = ValidationBody))
)]
async fn advance(
    caller: Caller<scope::OrganizationsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Clock> {
    let asked = body.read(ClockMove::read)?;
    let clock = clock::advance(&caller, &guard, asked).await?;
    Ok((StatusCode::ACCEPTED, Json(clock)))
}

/// Reads a card.
pub(super) fn card(f: &mut Fields<'_, '_>) -> Option<CardInput> {
    let number = f.required("number", text_of(0, NUMBER, false));
    let month = f.required("exp_month", int_in(1, 12));
    let year = f.required("exp_year", int_in(0, 9999));
    let cvc = f.required("cvc", text_of(0, CVC, false));
    let name = f.optional("name", text_of(0, limits::PERSON_NAME, false));
    let (month, year) = (month?, year?);
    Some(CardInput {
        number: number?,
        exp_month: u8::try_from(month).ok()?,
        exp_year: u16::try_from(if year < 100 { 2000 + year } else { year }).ok()?,
        cvc: cvc?,
        billing_name: name,
    })
}
