//! Letters: which one a cause asks for, and what becomes of it (docs/behaviour/mail.md). The words are
//! `till-server`'s.

pub mod reminders;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use till_wire::orders::BillingReason;
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    folding::email_key,
    letters::{LetterCause, SEND_JOB},
    records::{Content, Mail, MailKind, MailState, Order, Subscription},
    values::Json,
    writes::RetentionWrite,
};
use crate::orders::visit::Standing;

/// Failed attempts after which a letter is given up: with the pauses of jobs, some six hours.
pub const MOST_ATTEMPTS: i64 = 20;
/// The time for which letters are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Letters of one organization to one address within [`LIMITED_WITHIN`] after which further ones are kept.
pub const MOST_TO_ONE: i64 = 50;
/// See [`MOST_TO_ONE`].
pub const LIMITED_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Attempts of which each may wait for the letter's document; then it is sent without.
pub const FOR_DOCUMENT: i64 = 3;
/// Characters that are kept of a mail server's answer.
const REASON_LENGTH: usize = 300;

/// The letter to a customer that a cause asks for, as things are now; none where there is nothing to say any more.
pub fn to_customer(
    cause: LetterCause,
    order: Option<&Order>,
    subscription: Option<&Subscription>,
) -> Option<MailKind> {
    match (cause, order, subscription) {
        (LetterCause::OrderPaid, Some(order), subscription) => of_order(order, subscription),
        (LetterCause::Revoked, _, Some(_)) => Some(MailKind::SubscriptionRevoked),
        // Of one that has ended meanwhile only that is told.
        (_, _, Some(subscription)) if subscription.ended_at.is_some() => None,
        (LetterCause::Canceled, _, Some(subscription)) => subscription
            .cancel_at_period_end
            .then_some(MailKind::SubscriptionCancellation),
        (LetterCause::Uncanceled, _, Some(subscription)) => {
            (!subscription.cancel_at_period_end).then_some(MailKind::SubscriptionUncanceled)
        }
        (LetterCause::PastDue, _, Some(subscription)) => subscription
            .past_due_at
            .map(|_| MailKind::SubscriptionPastDue),
        (LetterCause::UsageUnpaid, Some(order), Some(_)) => {
            (order.standing() == Standing::Due).then_some(MailKind::SubscriptionPastDue)
        }
        (LetterCause::Paused, _, Some(_)) => Some(MailKind::SubscriptionPaused),
        (LetterCause::Resumed, _, Some(_)) => Some(MailKind::SubscriptionResumed),
        (LetterCause::Changed, _, Some(_)) => Some(MailKind::SubscriptionUpdated),
        _ => None,
    }
}

/// A paid order is confirmed; a renewal that cost nothing is no news.
fn of_order(order: &Order, subscription: Option<&Subscription>) -> Option<MailKind> {
    let total = order.net_amount + order.tax_amount;
    match (order.billing_reason, subscription) {
        (BillingReason::Purchase, _) => Some(MailKind::OrderConfirmation),
        (BillingReason::SubscriptionCreate, Some(_)) => Some(MailKind::SubscriptionConfirmation),
        // A free subscription that was upgraded at the checkout; else the change itself is told of.
        (BillingReason::SubscriptionUpdate, Some(_)) => order
            .checkout_id
            .map(|_| MailKind::SubscriptionConfirmation),
        (_, None) => Some(MailKind::OrderConfirmation),
        (_, Some(_)) if total <= 0 => None,
        (BillingReason::SubscriptionMeterCycle, _) => Some(MailKind::OrderConfirmation),
        (_, Some(subscription)) => {
            let starts = order.items.0.iter().find_map(|item| item.start_timestamp);
            let ends_trial = starts.is_some() && starts == subscription.trial_end;
            Some(match ends_trial {
                true => MailKind::SubscriptionCycledAfterTrial,
                false => MailKind::SubscriptionCycled,
            })
        }
    }
}

/// True where the merchant's people are told of a paid order: money came in that nobody waited for.
pub fn is_sale(order: &Order) -> bool {
    let is_new = matches!(
        order.billing_reason,
        BillingReason::Purchase | BillingReason::SubscriptionCreate
    ) || order.checkout_id.is_some();
    is_new && order.net_amount + order.tax_amount > 0
}

/// A letter that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLetter {
    /// Kind of the letter.
    pub kind: MailKind,
    /// The cause, and whom it is for.
    pub cause_key: String,
    /// The customer, of letters to customers.
    pub customer_id: Option<Uuid>,
    /// The customer whom a letter to the merchant's people tells of.
    pub about_customer_id: Option<Uuid>,
    /// The order whose invoice or receipt goes with it.
    pub order_id: Option<Uuid>,
    /// The address.
    pub recipient: String,
    /// The subject.
    pub subject: String,
    /// The words.
    pub content: Content,
    /// Reason why it is not sent; none: it is.
    pub kept: Option<&'static str>,
}

/// Writes a letter down, and has it sent unless it is only kept. Moments are the machine's.
pub fn write(letter: NewLetter, organization_id: Uuid, ctx: &DecisionContext) -> Changes {
    let mail = Mail {
        id: ctx.id(),
        created_at: ctx.wall(),
        version: 1,
        organization_id,
        kind: letter.kind,
        cause_key: letter.cause_key,
        customer_id: letter.customer_id,
        about_customer_id: letter.about_customer_id,
        order_id: letter.order_id,
        recipient: letter.recipient,
        subject: letter.subject,
        content: Json(letter.content),
        state: match letter.kept {
            Some(_) => MailState::Kept,
            None => MailState::Waiting,
        },
        attempts: 0,
        repeats: 0,
        reason: letter.kept.map(str::to_owned),
        sent_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&mail);
    if mail.state == MailState::Waiting {
        send(&mut changes, mail.id, ctx);
    }
    changes
}

fn send(changes: &mut Changes, id: Uuid, ctx: &DecisionContext) {
    changes.job(ctx, SEND_JOB, &format!("{SEND_JOB}:{id}"), ctx.now, &id);
}

/// The outcome of an attempt to send a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// A mail server took it.
    Taken,
    /// It will never be taken, and why.
    Refused(String),
    /// It was not taken this time, and why.
    Failed(String),
    /// It is not sent from here, and why.
    NotSent(&'static str),
}

impl Mail {
    /// The name of the message without its host, stable over attempts: a crash between sending and noting it leads to
    /// the same name. Another one only where somebody has it sent again.
    pub fn message_name(&self) -> String {
        match self.repeats {
            0 => self.id.to_string(),
            n => format!("{}.{n}", self.id),
        }
    }

    /// True where it is to be sent.
    pub fn is_to_be_sent(&self) -> bool {
        matches!(self.state, MailState::Waiting | MailState::Failed)
    }

    /// The letter after an attempt to send it.
    pub fn after(&self, attempt: &Attempt, now: Timestamp) -> Self {
        let mut new = self.clone();
        let cut = |why: &str| Some(why.chars().take(REASON_LENGTH).collect());
        match attempt {
            Attempt::Taken => {
                (new.state, new.reason, new.sent_at) = (MailState::Sent, None, Some(now));
            }
            Attempt::Refused(why) => (new.state, new.reason) = (MailState::Refused, cut(why)),
            Attempt::NotSent(why) => (new.state, new.reason) = (MailState::Kept, cut(why)),
            Attempt::Failed(why) => {
                new.attempts += 1;
                new.reason = cut(why);
                if new.attempts >= MOST_ATTEMPTS {
                    new.state = MailState::Failed;
                }
            }
        }
        new
    }
}

/// Has a letter sent again, under a new name, so that mail programs show it.
pub fn send_again(mail: &Mail, ctx: &DecisionContext) -> Changes {
    let again = Mail {
        state: MailState::Waiting,
        attempts: 0,
        repeats: mail.repeats + 1,
        reason: None,
        ..mail.clone()
    };
    let mut changes = Changes::new();
    changes.update(mail, &again);
    send(&mut changes, mail.id, ctx);
    changes
}

/// Deletes up to `limit` letters that were written before `before`.
pub fn forget(before: Timestamp, limit: i64) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeleteMails { before, limit });
    changes
}

/// True where an address is one of these, or one of theirs with a mark: `ada+test@example.com` is Ada's.
pub fn is_one_of<'a>(address: &str, theirs: impl IntoIterator<Item = &'a str>) -> bool {
    let plain = |address: &str| {
        let key = email_key(address);
        match key.rsplit_once('@') {
            Some((local, domain)) => {
                let local = local.split('+').next().unwrap_or(local);
                format!("{local}@{domain}")
            }
            None => key,
        }
    };
    let wanted = plain(address);
    theirs.into_iter().any(|one| plain(one) == wanted)
}
