//! Saved cards in the hands of their customers: which subscriptions are paid with which, and what becomes of them when
//! one is deleted (docs/behaviour: portal/cards).

use serde::{Deserialize, Serialize};
use till_wire::events::EventType;
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    job_request::Queue,
    jobs::JobKind,
    records::{Customer, PaymentMethod, ProcessorName, Subscription},
    refusal::{PortalRefusal, Refusal},
    writes::CustomerWrite,
};

/// The most cards that one customer has saved; further ones are refused.
pub const MOST_CARDS: usize = 50;

/// The job that has the processor forget a card that was deleted.
pub const FORGET_JOB: JobKind<ForgottenCard> = JobKind::new("forget_card", Queue::Upkeep);

/// A card that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgottenCard {
    /// Processor that keeps it.
    pub processor: String,
    /// The processor's name for it.
    pub reference: String,
}

/// Deletes a saved card. Subscriptions that were paid with it are paid with another one of `cards`, which are all of the
/// customer's, the newest first: the default, else the newest that the processor in use keeps.
///
/// # Errors
/// [`PortalRefusal::PaymentMethodInUse`] where a subscription needs it and there is no other.
pub fn delete(
    customer: &Customer,
    card: &PaymentMethod,
    (cards, processor): (&[PaymentMethod], ProcessorName),
    subscriptions: &[Subscription],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<Changes, Refusal> {
    let default = customer.default_payment_method_id;
    let is_usable = |one: &&PaymentMethod| one.id != card.id && one.processor == processor;
    let others = cards.iter().filter(is_usable);
    let next = others
        .clone()
        .find(|one| Some(one.id) == default)
        .or(others.clone().next());
    let next: Option<Uuid> = next.map(|one| one.id);
    let is_paid_with = |one: &Subscription| one.payment_method_id.or(default) == Some(card.id);
    let needed = subscriptions
        .iter()
        .any(|one| one.is_charged_again() && is_paid_with(one));
    if needed && next.is_none() {
        return Err(PortalRefusal::PaymentMethodInUse.into());
    }
    let mut changes = Changes::new();
    for old in subscriptions {
        if old.payment_method_id == Some(card.id) {
            let mut new = old.clone();
            new.payment_method_id = next;
            changes.update(old, &new);
        }
    }
    let mut new = customer.clone();
    if default == Some(card.id) {
        new.default_payment_method_id = next;
        changes.revise(customer, &mut new, ctx);
        changes.emit_customer(subscribers, ctx, EventType::CustomerUpdated, &new);
    } else {
        // Of two cards that are deleted at the same time, one is not the replacement of the other.
        changes.touch(customer);
    }
    let forgotten = ForgottenCard {
        processor: card.processor.as_str().to_owned(),
        reference: card.reference.clone(),
    };
    let key = format!("{FORGET_JOB}:{}", card.id);
    changes
        .write(CustomerWrite::DeletePaymentMethod { id: card.id })
        .job(ctx, FORGET_JOB, &key, ctx.now, &forgotten);
    Ok(changes)
}
