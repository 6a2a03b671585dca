//! Reminders to customers: of a renewal that is near, of a trial that ends, of a card that expires
//! (docs/behaviour: mail/reminders). Each cause is told of once: it is noted in the commit that writes the letter.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp, Zoned, civil::Date, tz::TimeZone};
use till_wire::{subscriptions::SubscriptionStatus, values::Interval};

use crate::{
    kernel::{
        changes::Changes,
        records::{Customer, MailKind, Organization, PaymentMethod, Subscription},
        writes::SubscriptionWrite,
    },
    organizations::capabilities,
};

/// The label of the refusal where a customer was reminded already, or what they were to be reminded of has changed.
pub const REMINDED: &str = "what nobody was reminded of yet";
/// Time before the end of a card's last month at which its owner is told.
const CARD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Time after which it is known what a new card pays for.
pub const SETTLED: SignedDuration = SignedDuration::from_hours(24);
/// Trials up to this length are reminded of a day before they end, longer ones three days.
const SHORT_TRIAL: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Time before the end of a period at which a customer is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// Seven days: before a renewal.
    Week,
    /// Three days: before a trial ends.
    ThreeDays,
    /// A day: before a trial ends that is no longer than three days.
    Day,
}

impl Ahead {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Week, Self::ThreeDays, Self::Day];

    /// The days.
    pub const fn days(self) -> i64 {
        match self {
            Self::Week => 7,
            Self::ThreeDays => 3,
            Self::Day => 1,
        }
    }

    fn time(self) -> SignedDuration {
        SignedDuration::from_hours(24 * self.days())
    }

    /// The moment so long before another; the first there is, where none is so early.
    pub fn before(self, moment: Timestamp) -> Timestamp {
        moment.checked_sub(self.time()).unwrap_or(Timestamp::MIN)
    }

    /// The moment so long after another; the last there is, where none is so late.
    pub fn after(self, moment: Timestamp) -> Timestamp {
        moment.checked_add(self.time()).unwrap_or(Timestamp::MAX)
    }

    /// Time before the end of a subscription's period at which its customer is reminded; none where they are not.
    fn of(subscription: &Subscription) -> Option<Self> {
        let goes_on = !subscription.cancel_at_period_end && !subscription.pause_at_period_end;
        match subscription.status {
            _ if !goes_on || subscription.base_amount <= 0 => None,
            SubscriptionStatus::Trialing => {
                let length = match (subscription.trial_start, subscription.trial_end) {
                    (Some(start), Some(end)) => end.duration_since(start),
                    _ => SignedDuration::MAX,
                };
                Some(match length <= SHORT_TRIAL {
                    true => Self::Day,
                    false => Self::ThreeDays,
                })
            }
            SubscriptionStatus::Active => is_long(subscription).then_some(Self::Week),
            _ => None,
        }
    }
}

/// True where so much time lies between two renewals that a customer may have forgotten: half a year.
fn is_long(subscription: &Subscription) -> bool {
    let least = match subscription.recurring_interval {
        Interval::Day => 180,
        Interval::Week => 25,
        Interval::Month => 6,
        Interval::Year => 1,
    };
    subscription.recurring_interval_count >= least
}

/// True where an organization renews subscriptions now. Where it does not, the reminders of its periods wait: it may do so
/// again before they end.
pub fn is_renewing(organization: &Organization) -> bool {
    capabilities(organization.status).subscription_renewals
}

/// The reminder of the end of a subscription's period that is due now; none where there is nothing to remind of: the
/// organization has switched it off, the customer is deleted, nothing will be renewed, or the trial is so short that its
/// confirmation has just said when it ends. Asked only where the organization [is renewing](is_renewing).
pub fn of_period_end(
    subscription: &Subscription,
    customer: &Customer,
    organization: &Organization,
    now: Timestamp,
) -> Option<MailKind> {
    let end = subscription.current_period_end;
    let moment = Ahead::of(subscription)?.before(end);
    let is_trial = subscription.status == SubscriptionStatus::Trialing;
    let is_told_by_confirmation =
        is_trial && subscription.trial_start.is_some_and(|at| moment <= at);
    if now < moment || now >= end || is_told_by_confirmation {
        return None;
    }
    let kind = match is_trial {
        true => MailKind::SubscriptionTrialConversionReminder,
        false => MailKind::SubscriptionRenewalReminder,
    };
    is_told(kind, customer, organization).then_some(kind)
}

/// True where the owner of a card is told now that it expires: it is still valid, one of their subscriptions is charged to
/// it again, and the organization has them told.
pub fn of_card(
    card: &PaymentMethod,
    subscriptions: &[Subscription],
    customer: &Customer,
    organization: &Organization,
    now: Timestamp,
) -> bool {
    let is_paid_with = |one: &Subscription| {
        let method = one.payment_method_id.or(customer.default_payment_method_id);
        method == Some(card.id) && one.base_amount > 0 && one.is_charged_again()
    };
    card_months(now).contains(&card_month(card))
        && subscriptions.iter().any(is_paid_with)
        && is_told(
            MailKind::PaymentMethodExpirationReminder,
            customer,
            organization,
        )
}

fn is_told(kind: MailKind, customer: &Customer, organization: &Organization) -> bool {
    customer.deleted_at.is_none() && kind.is_on(&organization.settings.0.customer_email_settings)
}

/// Notes that the customer was reminded of the end of the current period, or that there is nothing to say of it. Not for
/// reasons that pass: what is noted is not looked at again.
pub fn note_period_end(subscription: &Subscription, changes: &mut Changes) {
    changes.write(SubscriptionWrite::NoteReminder {
        id: subscription.id,
        version: subscription.version,
        period_end: subscription.current_period_end,
    });
}

/// Notes that the owner of a card was told that it expires, or that there was nothing to say.
pub fn note_expiry(card: &PaymentMethod, changes: &mut Changes) {
    changes.write(SubscriptionWrite::NoteExpiry {
        id: card.id,
        month: card_month(card),
    });
}

/// Name of the cause of a reminder of the end of a period: there is one letter for it.
pub fn period_end_key(subscription: &Subscription) -> String {
    let end = subscription.current_period_end.as_microsecond();
    format!("period-end:{}:{end}", subscription.id)
}

/// Name of the cause of a reminder of a card's expiry: there is one letter for it.
pub fn expiry_key(card: &PaymentMethod) -> String {
    format!("expiry:{}:{}", card.id, card_month(card))
}

/// Month in which a card expires, counted from the year 0: it is valid to the end of it.
pub fn card_month(card: &PaymentMethod) -> i64 {
    let (year, month) = (card.card.0.exp_year, card.card.0.exp_month);
    year.saturating_mul(12).saturating_add(month)
}

/// Months of expiry, counted from the year 0, whose cards are told of now: they are still valid, and not for long.
pub fn card_months(now: Timestamp) -> Range<i64> {
    let month = |at: Timestamp| {
        let at: Zoned = at.to_zoned(TimeZone::UTC);
        i64::from(at.year()) * 12 + i64::from(at.month())
    };
    month(now)..month(now.checked_add(CARD).unwrap_or(Timestamp::MAX))
}

/// The moment from which on a card is told of that expires in a month, counted from the year 0; none where no calendar has
/// it.
pub fn card_moment(month: i64) -> Option<Timestamp> {
    // The month after it begins where the card ends.
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    let ends = first.to_zoned(TimeZone::UTC).ok()?.timestamp();
    ends.checked_sub(CARD).ok()
}

#[cfg(test)]
mod tests;
