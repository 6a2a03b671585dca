//! Dates of a subscription: the end of its trial, and of its period.

use jiff::Timestamp;
use till_wire::{
    input::Problem,
    loc,
    subscriptions::{SubscriptionStatus, TrialEnd},
};

use super::{Billing, Decision};
use crate::kernel::{
    context::microseconds,
    period,
    records::Subscription,
    refusal::{Refusal, SubscriptionRefusal},
};

/// Ends a trial now, moves its end, or begins one after what is paid for.
pub(super) fn move_trial_end(
    draft: &mut Decision,
    end: TrialEnd,
    now: Timestamp,
) -> Result<(), Refusal> {
    let subscription = &mut draft.subscription;
    match (subscription.status, end) {
        (SubscriptionStatus::Trialing, TrialEnd::Now) => end_trial(draft, now),
        (SubscriptionStatus::Trialing, TrialEnd::At(at)) => set_trial_end(subscription, at),
        (SubscriptionStatus::Active, TrialEnd::Now) => {
            return Err(refused("The subscription is not in a trial", "now"));
        }
        (SubscriptionStatus::Active, TrialEnd::At(at)) => {
            if at <= subscription.current_period_end {
                let words = "The trial has to end after the current period, which is paid for";
                return Err(refused(words, &at.to_string()));
            }
            subscription.status = SubscriptionStatus::Trialing;
            set_trial_end(subscription, at);
        }
        _ => return Err(SubscriptionRefusal::Inactive.into()),
    }
    Ok(())
}

/// The trial is over, and with it its period.
pub(super) fn end_trial(draft: &mut Decision, now: Timestamp) {
    set_trial_end(&mut draft.subscription, now);
    draft.billing = Billing::PeriodEnd;
}

/// The trial ends with its period, at this time.
pub(super) fn set_trial_end(subscription: &mut Subscription, at: Timestamp) {
    let at = microseconds(at);
    subscription.trial_end = Some(at);
    subscription.current_period_end = at;
}

/// Moves the date of the next bill. Nothing is billed for it.
pub(super) fn move_period_end(
    subscription: &mut Subscription,
    at: Timestamp,
) -> Result<(), SubscriptionRefusal> {
    let at = microseconds(at);
    if subscription.cancel_at_period_end || subscription.ended_at.is_some() {
        return Err(SubscriptionRefusal::AlreadyCanceled);
    }
    match subscription.status {
        SubscriptionStatus::Active => {}
        SubscriptionStatus::Trialing => subscription.trial_end = Some(at),
        _ => return Err(SubscriptionRefusal::Inactive),
    }
    subscription.current_period_end = at;
    subscription.anchor_day = period::anchor(at);
    Ok(())
}

fn refused(words: &str, sent: &str) -> Refusal {
    let place = loc!["body", "trial_end"];
    Refusal::field(Problem::value(place, words, sent))
}
