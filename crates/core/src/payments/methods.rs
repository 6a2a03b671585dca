//! Saved methods: cards that the processor keeps for later charges, known to Till by the processor's reference.
//!
//! A card is saved by an attempt, whose id is the processor's idempotency key: by one that pays
//! ([`Purpose::Checkout`]), or by one that only sets the card up ([`Purpose::Setup`]).

use serde::{Deserialize, Serialize};
use till_wire::{money::Currency, payment_methods::PaymentMethod as View};

use super::{
    attempt::{self, NewAttempt, RECONCILE_AFTER},
    outcome::{self, Outcome},
};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{
        Customer, Payment, PaymentMethod, PaymentState, ProcessorName, Purpose, Subscription,
    },
    values::Json,
};

/// The card that a successful attempt has saved for the customer; none where the processor has kept none.
pub fn saved(
    payment: &Payment,
    customer: &Customer,
    ctx: &DecisionContext,
) -> Option<PaymentMethod> {
    Some(PaymentMethod {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        processor: payment.processor,
        customer_reference: payment.customer_reference.clone(),
        reference: payment.method_reference.clone()?,
        kind: payment.method.clone(),
        card: payment.card.clone()?,
    })
}

impl PaymentMethod {
    /// The method as the API shows it; `customer` is its owner.
    pub fn view(&self, customer: &Customer) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: None,
            processor: "stripe",
            customer_id: self.customer_id,
            kind: self.kind.clone(),
            method_metadata: self.card.0.clone(),
            is_default: customer.default_payment_method_id == Some(self.id),
        }
    }
}

impl Customer {
    /// The name by which this processor knows the customer.
    pub fn reference_at(&self, processor: ProcessorName) -> Option<&str> {
        let reference = self.processor_reference.as_deref();
        reference.filter(|_| self.processor == Some(processor))
    }

    /// Takes the name that the processor of an attempt gave the customer, unless it has given one before.
    pub fn known_by(&mut self, payment: &Payment) {
        if let Some(reference) = &payment.customer_reference
            && self.reference_at(payment.processor).is_none()
        {
            self.processor = Some(payment.processor);
            self.processor_reference = Some(reference.clone());
        }
    }
}

/// Wishes of a customer for a card that they keep; stored with the attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetUp {
    /// True where the card becomes their default: where they have none, it does in any case.
    pub set_default: bool,
}

impl SetUp {
    /// Wishes for the card of an attempt.
    pub fn of(payment: &Payment) -> Self {
        serde_json::from_value(payment.confirmation.0.clone()).unwrap_or_default()
    }
}

/// Opens an attempt to keep a card for a customer who is there and enters it; `network_key` is of the budget of declines
/// of their network. One at a time: a second one breaks the index of unsettled attempts.
pub fn set_up(
    customer: &Customer,
    currency: Currency,
    processor: ProcessorName,
    (wanted, network_key): (SetUp, Option<String>),
    ctx: &DecisionContext,
) -> (Payment, Changes) {
    let new = NewAttempt {
        organization_id: customer.organization_id,
        purpose: Purpose::Setup,
        subject_id: customer.id,
        amount: None,
        currency,
        customer_id: Some(customer.id),
        customer_email: Some(customer.email.clone()),
        method_id: None,
        processor,
        customer_reference: customer.reference_at(processor).map(str::to_owned),
        trigger: None,
    };
    let mut payment = attempt::intend(new, ctx);
    payment.network_key = network_key;
    payment.confirmation = Json(serde_json::json!(wanted));
    let mut changes = Changes::new();
    changes
        .insert(&payment)
        .reconcile_after(payment.id, RECONCILE_AFTER, ctx);
    (payment, changes)
}

/// Has all running subscriptions of the card's customer paid with it from now on, and tries it with what is owed.
pub fn pay_with(
    method: &PaymentMethod,
    subscriptions: &[Subscription],
    changes: &mut Changes,
    ctx: &DecisionContext,
) {
    let running = subscriptions.iter().filter(|one| one.ended_at.is_none());
    for old in running.filter(|one| one.payment_method_id.is_some_and(|id| id != method.id)) {
        let mut new = old.clone();
        new.payment_method_id = Some(method.id);
        changes.update(old, &new);
    }
    changes.try_new_card(method, ctx);
}

/// Takes note of how an attempt to keep a card stands. A success keeps the card, makes it the customer's default where they
/// have none or want it to be, and has it tried with what they owe; a customer deleted meanwhile gets none. What becomes
/// the default because they want it pays for their `subscriptions` from then on. A second witness changes nothing
/// (`None`).
pub fn record_outcome(
    customer: &Customer,
    subscriptions: &[Subscription],
    payment: &Payment,
    outcome: &Outcome,
    ctx: &DecisionContext,
) -> Option<(Payment, Changes)> {
    let mut noted = outcome::record_outcome(payment, outcome, ctx)?;
    let mut changes = Changes::new();
    if noted.state == PaymentState::Succeeded
        && customer.deleted_at.is_none()
        && let Some(method) = saved(&noted, customer, ctx)
    {
        let mut new = customer.clone();
        new.known_by(&noted);
        changes.insert(&method);
        match SetUp::of(&noted).set_default {
            true => {
                new.default_payment_method_id = Some(method.id);
                pay_with(&method, subscriptions, &mut changes, ctx);
            }
            false => {
                new.default_payment_method_id.get_or_insert(method.id);
                changes.try_new_card(&method, ctx);
            }
        }
        changes.update(customer, &new);
    }
    changes
        .update(payment, &noted)
        .reconcile_until_settled(&noted, ctx);
    noted.version += 1;
    Some((noted, changes))
}
