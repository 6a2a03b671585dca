//! Pause of a subscription from the end of its period on, its withdrawal, and the resumption
//! (docs/behaviour: subscriptions/pause).

use till_wire::{
    input::Problem,
    loc,
    subscriptions::{SubscriptionPause, SubscriptionStatus},
};

use crate::kernel::{
    context::microseconds,
    records::Subscription,
    refusal::{Refusal, SubscriptionRefusal},
};

/// Has a subscription paused at the end of its period, or not paused after all.
///
/// # Errors
/// [`SubscriptionRefusal::CannotPause`] where it is not active, or is to end or to pause already;
/// [`SubscriptionRefusal::NoScheduledPause`] where there is no pause to withdraw; the place of a resumption before the pause.
pub fn schedule(subscription: &mut Subscription, asked: &SubscriptionPause) -> Result<(), Refusal> {
    if !asked.pause_at_period_end {
        if !subscription.pause_at_period_end {
            return Err(SubscriptionRefusal::NoScheduledPause.into());
        }
        subscription.pause_at_period_end = false;
        subscription.resumes_at = None;
        return Ok(());
    }
    let is_leaving = subscription.cancel_at_period_end
        || subscription.pause_at_period_end
        || subscription.ends_at.is_some();
    if subscription.status != SubscriptionStatus::Active || is_leaving {
        return Err(SubscriptionRefusal::CannotPause.into());
    }
    let resumes_at = asked.resumes_at.map(microseconds);
    if let Some(at) = resumes_at.filter(|at| *at <= subscription.current_period_end) {
        let words = "The subscription can resume only after the end of its current period";
        let place = loc!["body", "resumes_at"];
        return Err(Refusal::field(Problem::value(place, words, at.to_string())));
    }
    subscription.pause_at_period_end = true;
    subscription.resumes_at = resumes_at;
    Ok(())
}

/// Checks that a subscription can be resumed.
///
/// # Errors
/// [`SubscriptionRefusal::NotPaused`] where it is not paused.
pub fn is_paused(subscription: &Subscription) -> Result<(), SubscriptionRefusal> {
    match subscription.status {
        SubscriptionStatus::Paused => Ok(()),
        _ => Err(SubscriptionRefusal::NotPaused),
    }
}
