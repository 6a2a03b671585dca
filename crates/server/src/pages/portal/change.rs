//! Changes of a subscription by its customer: a form, what it comes to, and only then the change itself. The same decision
//! makes a change and its preview (docs/behaviour: portal-pages/changes).

mod forms;
mod preview;

pub(super) use self::preview::bill;

use axum::{http::Uri, response::Response};
use http::StatusCode;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use till_core::{kernel::records::Subscription, subscriptions::bill::BillingRows};
use till_wire::{
    input::Step,
    portal::CustomerSubscriptionUpdate,
    subscriptions::{
        Cancellation, CancellationReason, SubscriptionCancel, SubscriptionPause,
        SubscriptionUpdate, SubscriptionUpdateBase, SubscriptionUpdateSeats,
    },
};
use uuid::Uuid;

use super::{
    access::{Answer, Id, Visit, answered},
    change_kind::Change,
    form::Posted,
    subscription,
    view::Block,
};
use crate::{
    actions::portal::{pages, subscriptions},
    error::{ApiError, Result},
    http::idempotency::EarlierSubmission,
    pages::{
        checkout::{money::date, problems::page_error, view::Link},
        page,
    },
};

/// Sent along once the customer has seen what the change comes to: the version that it was worked out for.
const SEEN: &str = "_seen";
/// Characters of a comment.
const COMMENT: u16 = 1_000;

/// A change that was filled in, or what is wrong with it: at a field, in words.
type Filled = Result<SubscriptionUpdate, Option<(&'static str, String)>>;

impl Change {
    /// Content of a form, as the API's body has it.
    fn read(self, visit: &Visit, row: &Subscription, form: &Posted) -> Filled {
        let say = |id: &str| visit.say(id);
        Ok(match self {
            Self::Plan => {
                let chosen = form.get("product_id").and_then(|id| id.parse().ok());
                let chosen: Option<Uuid> = chosen.filter(|id| *id != row.product_id);
                match chosen {
                    Some(id) => SubscriptionUpdate::Base(SubscriptionUpdateBase {
                        product_id: Some(id),
                        ..SubscriptionUpdateBase::default()
                    }),
                    None if form.has("product_id") => {
                        return Err(Some(("product_id", say("portal-plan-choose"))));
                    }
                    None => return Err(None),
                }
            }
            Self::Seats => {
                let typed = form.get("seats").map(till_core::kernel::folding::plain);
                match typed.as_deref().map(str::parse::<i32>) {
                    Some(Ok(seats)) if Some(i64::from(seats)) != row.seats => {
                        SubscriptionUpdate::Seats(SubscriptionUpdateSeats {
                            seats: seats.into(),
                            proration_behavior: None,
                        })
                    }
                    Some(Ok(_)) => return Err(Some(("seats", say("portal-seats-same")))),
                    Some(Err(_)) => return Err(Some(("seats", say("error-seats")))),
                    None if form.has("seats") => return Err(Some(("seats", say("error-seats")))),
                    None => return Err(None),
                }
            }
            Self::Discard => SubscriptionUpdate::Clear,
            Self::Pause => {
                let resumes_at = match form.get("resumes_at") {
                    None => None,
                    Some(text) => match day(text) {
                        Some(at) if at > row.current_period_end => Some(at),
                        _ => {
                            let locale = visit.portal.page_context.locale;
                            let after = date(row.current_period_end, locale);
                            let values = [("date", after.into())];
                            let words = visit.portal.page_context.with("portal-date-after", values);
                            return Err(Some(("resumes_at", words)));
                        }
                    },
                };
                SubscriptionUpdate::Pause(SubscriptionPause {
                    pause_at_period_end: true,
                    resumes_at,
                })
            }
            Self::Unpause => SubscriptionUpdate::Pause(SubscriptionPause {
                pause_at_period_end: false,
                resumes_at: None,
            }),
            Self::Resume => SubscriptionUpdate::Resume,
            Self::Cancel => {
                let comment = form.get("comment").unwrap_or_default();
                if comment.chars().count() > usize::from(COMMENT) || comment.contains('\0') {
                    let count = [("count", i64::from(COMMENT).into())];
                    let words = visit.portal.page_context.with("error-answer-long", count);
                    return Err(Some(("comment", words)));
                }
                let reason = form.get("reason").and_then(|word| word.parse().ok());
                let reason: Option<CancellationReason> = reason;
                SubscriptionUpdate::Cancel(SubscriptionCancel {
                    cancel_at_period_end: true,
                    cancellation: Cancellation {
                        reason,
                        comment: Some(comment.to_owned()).filter(|text| !text.is_empty()),
                    },
                })
            }
            Self::Uncancel => SubscriptionUpdate::Cancel(SubscriptionCancel {
                cancel_at_period_end: false,
                cancellation: Cancellation::default(),
            }),
        })
    }
}

/// The beginning of a day as a form sends it: `2026-12-31`.
fn day(text: &str) -> Option<Timestamp> {
    let day: Date = text.parse().ok()?;
    day.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

/// `GET …/subscriptions/{id}/{change}`: the form, and what the change comes to as far as it is filled in.
pub(super) async fn fill(visit: Visit, Id(id): Id, uri: Uri, change: Change) -> Response {
    let answer = async {
        let viewer = visit.viewer.billing()?;
        let billing = pages::subscription(visit.app(), &viewer, id).await?;
        if !change.is_offered(&visit, &billing.subscription) {
            return Ok(visit.portal.go(&format!("/subscriptions/{id}")));
        }
        let form = Posted::of_query(uri.query().unwrap_or_default());
        shown(&visit, &billing, change, &form, None).await
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// The page of a change; `error` is what came of it.
async fn shown(
    visit: &Visit,
    billing: &BillingRows,
    change: Change,
    form: &Posted,
    error: Option<String>,
) -> Answer {
    let (row, viewer) = (&billing.subscription, visit.viewer.billing()?);
    let (mut wrong, mut coming, mut error) = (None, None, error);
    match change.read(visit, row, form) {
        Ok(update) => match Box::pin(pages::preview(visit.app(), &viewer, row.id, &update)).await {
            Ok((preview, rows)) => coming = Some((preview, rows)),
            Err(refused) if refused.status().is_server_error() => return Err(refused),
            Err(refused) => {
                let words = refused_words(visit, &refused);
                match change {
                    Change::Plan => wrong = Some(("product_id", words)),
                    Change::Seats => wrong = Some(("seats", words)),
                    _ => error = error.or(Some(words)),
                }
            }
        },
        Err(problem) => wrong = problem,
    }
    let is_wrong = wrong.is_some() || error.is_some();
    let up = format!("/subscriptions/{}", row.id);
    let mut blocks = Vec::new();
    blocks.extend(forms::asks(visit, billing, change, form, wrong.as_ref()).await?);
    let may_send = coming.is_some() || !change.asks_first();
    if let Some((preview, rows)) = &coming {
        blocks.extend(preview::comes_to(visit, &rows.billing, change, preview));
    }
    if may_send {
        blocks.push(Block::Form(forms::sends(visit, billing, change, form)));
    }
    let mut page_shown = visit.page("/subscriptions", visit.say(change.words()), blocks);
    page_shown.up = Some(Link {
        url: visit.url(&up),
        label: billing.offered.product.name.clone(),
    });
    page_shown.error = error;
    let status = match is_wrong {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    Ok(page(status, &page_shown))
}

impl Change {
    /// True where its own form is filled in first, and then another one makes it.
    fn asks_first(self) -> bool {
        matches!(self, Self::Plan | Self::Seats)
    }
}

/// Reason why a change is not made, in the customer's language.
fn refused_words(visit: &Visit, refused: &ApiError) -> String {
    let id = match refused.name() {
        "BelowMinimumSeats" | "AboveMaximumSeats" | "SeatsAlreadyAssigned" => "portal-seats-bounds",
        "PaymentMethodRequired" => "portal-card-missing",
        "PaymentFailed" | "PaymentActionRequired" | "PaymentError" => "portal-charge-failed",
        "SubscriptionLocked" => "in-flight",
        _ if is_about(refused, "proration_behavior") => "portal-plan-by-seat",
        _ if !refused.problems().is_empty() => "portal-plan-unavailable",
        _ => match page_error(refused, None) {
            "other-error" => "portal-not-possible",
            id => id,
        },
    };
    visit.say(id)
}

/// True where a field of the API is refused, which no form of the portal has.
fn is_about(refused: &ApiError, field: &str) -> bool {
    let mut problems = refused.problems().iter();
    problems.any(|problem| matches!(problem.loc.last(), Some(Step::Key(key)) if key == field))
}

/// `POST …/subscriptions/{id}/{change}`
pub(super) async fn send(
    visit: Visit,
    Id(id): Id,
    posted: Result<Posted>,
    change: Change,
) -> Response {
    let answer = Box::pin(make(&visit, id, change, posted)).await;
    answered(&visit.portal, answer)
}

async fn make(visit: &Visit, id: Uuid, change: Change, posted: Result<Posted>) -> Answer {
    let (app, viewer, form) = (visit.app(), visit.viewer.billing()?, posted?);
    let done = || {
        visit
            .portal
            .go(&format!("/subscriptions/{id}?done=changed"))
    };
    let guard = form.guard(visit)?;
    match guard.before::<serde::de::IgnoredAny>(app).await? {
        EarlierSubmission::Nothing => {}
        // What came of it, its page tells.
        EarlierSubmission::Begun(_) => {
            return Ok(visit.portal.go(&format!("/subscriptions/{id}")));
        }
        EarlierSubmission::Done(_) => return Ok(done()),
    }
    let billing = pages::subscription(app, &viewer, id).await?;
    let row = &billing.subscription;
    if !change.is_offered(visit, row) {
        return Ok(visit.portal.go(&format!("/subscriptions/{id}?done=moved")));
    }
    let update = match change.read(visit, row, &form) {
        Ok(update) => update,
        Err(_) => return shown(visit, &billing, change, &form, None).await,
    };
    // What was worked out for the customer is not what it would come to now.
    let is_seen = form.get(SEEN) == Some(&*row.version.to_string());
    if !is_seen {
        let words = visit.say("portal-moved");
        return shown(visit, &billing, change, &form, Some(words)).await;
    }
    let asked = CustomerSubscriptionUpdate(Some(update));
    match Box::pin(subscriptions::update(app, viewer, id, &guard, &asked)).await {
        Ok(_) => Ok(done()),
        Err(error) if error.status().is_server_error() => Err(error),
        Err(error) => {
            error.log_fault();
            let words = refused_words(visit, &error);
            let now = pages::subscription(app, &viewer, id).await?;
            match change.is_offered(visit, &now.subscription) {
                true => shown(visit, &now, change, &form, Some(words)).await,
                false => {
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    subscription::shown(visit, id, Some(words), status).await
                }
            }
        }
    }
}
