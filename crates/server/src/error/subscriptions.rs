//! Words for refused changes to subscriptions.

use axum::http::StatusCode;
use till_core::{
    kernel::refusal::SubscriptionRefusal as Refusal, orders::create::Mismatch,
    subscriptions::change::Unchanged,
};

use super::ApiError;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use StatusCode as S;
        let (status, name, words) = match refusal {
            Refusal::AlreadyCanceled => (
                S::FORBIDDEN,
                "AlreadyCanceledSubscription",
                "This subscription has ended, or ends with its current period.".to_owned(),
            ),
            Refusal::Inactive => (
                S::FORBIDDEN,
                "InactiveSubscription",
                "This subscription is neither active nor in a trial.".to_owned(),
            ),
            Refusal::Locked => (
                S::CONFLICT,
                "SubscriptionLocked",
                "A change to this subscription is being charged right now. Try again in a moment."
                    .to_owned(),
            ),
            Refusal::Uncounted => (
                S::CONFLICT,
                "SubscriptionLocked",
                "Usage of this subscription is still being counted. Try again in a moment."
                    .to_owned(),
            ),
            Refusal::CannotPause => (
                S::CONFLICT,
                "CannotPauseSubscription",
                "Only an active subscription can be paused, and only if it neither ends nor pauses with its current period already."
                    .to_owned(),
            ),
            Refusal::NoScheduledPause => (
                S::CONFLICT,
                "NoScheduledPause",
                "No pause of this subscription is scheduled.".to_owned(),
            ),
            Refusal::NotPaused => (
                S::CONFLICT,
                "NotPausedSubscription",
                "This subscription is not paused.".to_owned(),
            ),
            Refusal::NotSeatBased => (
                S::BAD_REQUEST,
                "NotASeatBasedSubscription",
                "This subscription is not sold by the seat.".to_owned(),
            ),
            Refusal::NotUnitBased => (
                S::BAD_REQUEST,
                "NotAUnitBasedSubscription",
                "This subscription is not sold by the unit.".to_owned(),
            ),
            Refusal::BelowMinimumSeats(least) => (
                S::BAD_REQUEST,
                "BelowMinimumSeats",
                format!("The price needs at least {}.", seats(least)),
            ),
            Refusal::AboveMaximumSeats(most) => (
                S::BAD_REQUEST,
                "AboveMaximumSeats",
                format!("The price allows at most {}.", seats(most)),
            ),
            Refusal::SeatsAlreadyAssigned(used) => (
                S::BAD_REQUEST,
                "SeatsAlreadyAssigned",
                format!("{} in use. Revoke some of them first.", are(used)),
            ),
            Refusal::Ended => (
                S::GONE,
                "ResourceUnavailable",
                "This subscription has ended.".to_owned(),
            ),
            Refusal::NotCanceled => (
                S::BAD_REQUEST,
                "BadRequest",
                "This subscription is not cancelled.".to_owned(),
            ),
        };
        Self::named(status, name, words)
    }
}

fn are(count: i64) -> String {
    match count {
        1 => "1 seat is".to_owned(),
        _ => format!("{count} seats are"),
    }
}

fn seats(count: i64) -> String {
    match count {
        1 => "1 seat".to_owned(),
        _ => format!("{count} seats"),
    }
}

impl From<Unchanged> for ApiError {
    fn from(unchanged: Unchanged) -> Self {
        match unchanged {
            Unchanged::Refused(refusal) => refusal.into(),
            Unchanged::Mismatch(mismatch) => mismatch.into(),
        }
    }
}

impl From<Mismatch> for ApiError {
    fn from(mismatch: Mismatch) -> Self {
        Self::internal(mismatch)
    }
}
