//! Cancellation of a subscription at the end of its period, its withdrawal, and the end at once
//! (docs/behaviour: subscriptions/cancel).

use jiff::Timestamp;
use till_wire::{
    events::EventType,
    subscriptions::{Cancellation, SubscriptionStatus},
};

use crate::kernel::{records::Subscription, refusal::SubscriptionRefusal};

/// Cancels at the end of the period; a pause that was to begin then does not.
///
/// # Errors
/// [`SubscriptionRefusal::AlreadyCanceled`] where it is not running, or ends already.
pub fn cancel(
    subscription: &mut Subscription,
    why: &Cancellation,
    now: Timestamp,
) -> Result<&'static [EventType], SubscriptionRefusal> {
    let ends = subscription.cancel_at_period_end || subscription.ended_at.is_some();
    if ends || !subscription.is_billable() {
        return Err(SubscriptionRefusal::AlreadyCanceled);
    }
    subscription.cancel_at_period_end = true;
    subscription.canceled_at = Some(now);
    subscription.ends_at = Some(subscription.current_period_end);
    subscription.pause_at_period_end = false;
    subscription.resumes_at = None;
    note(subscription, why);
    Ok(&[
        EventType::SubscriptionUpdated,
        EventType::SubscriptionCanceled,
    ])
}

/// Withdraws a cancellation before the end of the period.
///
/// # Errors
/// [`SubscriptionRefusal::Ended`] where it has ended, [`SubscriptionRefusal::NotCanceled`] where it is not cancelled.
pub fn uncancel(
    subscription: &mut Subscription,
) -> Result<&'static [EventType], SubscriptionRefusal> {
    if subscription.ended_at.is_some() {
        return Err(SubscriptionRefusal::Ended);
    }
    if !subscription.cancel_at_period_end {
        return Err(SubscriptionRefusal::NotCanceled);
    }
    subscription.cancel_at_period_end = false;
    (subscription.canceled_at, subscription.ends_at) = (None, None);
    subscription.customer_cancellation_reason = None;
    subscription.customer_cancellation_comment = None;
    Ok(&[
        EventType::SubscriptionUpdated,
        EventType::SubscriptionUncanceled,
    ])
}

/// Ends a subscription at once, for this reason.
///
/// # Errors
/// [`SubscriptionRefusal::AlreadyCanceled`] where it has ended.
pub fn revoke(
    subscription: &mut Subscription,
    why: &Cancellation,
) -> Result<&'static [EventType], SubscriptionRefusal> {
    let is_held = subscription.is_billable() || subscription.status == SubscriptionStatus::Paused;
    if !is_held || subscription.ended_at.is_some() {
        return Err(SubscriptionRefusal::AlreadyCanceled);
    }
    note(subscription, why);
    Ok(&[
        EventType::SubscriptionUpdated,
        EventType::SubscriptionCanceled,
        EventType::SubscriptionRevoked,
    ])
}

/// Keeps reason and comment where they are given.
fn note(subscription: &mut Subscription, why: &Cancellation) {
    if why.reason.is_some() {
        subscription.customer_cancellation_reason = why.reason;
    }
    if why.comment.is_some() {
        subscription
            .customer_cancellation_comment
            .clone_from(&why.comment);
    }
}
