//! Attempts before their outcome is known. Each state is committed before the next step begins:
//!
//! 1. *intended*: written down, nobody else knows;
//! 2. *asked*: the processor's reference is kept, nothing has moved;
//! 3. *settled*, or waiting for the buyer or the processor: [`super::outcome`].

use jiff::{SignedDuration, Timestamp};
use till_wire::{money::Currency, payments::PaymentTrigger};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    job_request::Queue,
    jobs::JobKind,
    records::{Payment, PaymentKind, PaymentState, ProcessorName, Purpose, Source},
    values::Json,
};

/// The job that finds out how an attempt ended.
pub const RECONCILE_JOB: JobKind<Uuid> = JobKind::new("reconcile_payment", Queue::Checkout);

/// The index that refuses a second attempt for a subject while the first one is unsettled.
pub const UNSETTLED: &str = "payments_unsettled_subject";

/// Time for which an attempt may go without an outcome before somebody asks the processor. Longer than any one call to
/// it may take; a confirmation that comes later still finds the attempt given up at the processor.
pub const RECONCILE_AFTER: SignedDuration = SignedDuration::from_secs(15);

/// Time that a buyer has to approve an attempt with their bank; then it is given up.
pub const APPROVE_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// The pause before the first look at an attempt that the processor is working on.
const PROCESSING_FIRST: SignedDuration = SignedDuration::from_secs(1);

/// The longest pause between two looks at something that waits for the processor or the buyer.
const RECONCILE_AT_MOST: SignedDuration = SignedDuration::from_hours(1);

/// Time at which the processor is asked again about something that has waited since `since`: after half as long as
/// that, so that pauses grow with the wait, but after `first` at the least and an hour at the most.
pub fn ask_again(since: Timestamp, first: SignedDuration, now: Timestamp) -> Timestamp {
    let waited = now.duration_since(since);
    now + (waited / 2).clamp(first, RECONCILE_AT_MOST)
}

/// The first pause between two looks at an attempt in this state.
pub fn first_pause(state: PaymentState) -> SignedDuration {
    match state {
        PaymentState::Processing => PROCESSING_FIRST,
        _ => RECONCILE_AFTER,
    }
}

/// Task of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAttempt {
    /// The merchant.
    pub organization_id: Uuid,
    /// Purpose of the attempt.
    pub purpose: Purpose,
    /// The session, the order or the customer that it is made for: one attempt at a time.
    pub subject_id: Uuid,
    /// Minor units; none: the card is only set up.
    pub amount: Option<i64>,
    /// Of the amount, or of what the card is set up for.
    pub currency: Currency,
    /// The payer, where that is a customer already.
    pub customer_id: Option<Uuid>,
    /// The address that the buyer pays with.
    pub customer_email: Option<String>,
    /// The saved method that is charged; none: what the buyer entered.
    pub method_id: Option<Uuid>,
    /// The processor that is asked.
    pub processor: ProcessorName,
    /// That processor's name for who pays, where it knows them.
    pub customer_reference: Option<String>,
    /// Cause of the attempt.
    pub trigger: Option<PaymentTrigger>,
}

/// An attempt that nobody has been asked for yet.
pub fn intend(new: NewAttempt, ctx: &DecisionContext) -> Payment {
    let of = |purpose| (new.purpose == purpose).then_some(new.subject_id);
    Payment {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: new.organization_id,
        purpose: new.purpose,
        subject_id: Some(new.subject_id),
        source: match new.method_id {
            Some(_) => Source::Saved,
            None => Source::Token,
        },
        method_id: new.method_id,
        processor: new.processor,
        checkout_id: of(Purpose::Checkout),
        order_id: of(Purpose::Order),
        customer_id: new.customer_id,
        customer_email: new.customer_email,
        kind: match new.amount {
            Some(_) => PaymentKind::Charge,
            None => PaymentKind::Setup,
        },
        state: PaymentState::Intended,
        amount: new.amount.unwrap_or(0),
        currency: new.currency,
        method: "card".to_owned(),
        card: None,
        trigger_kind: new.trigger,
        decline_reason: None,
        decline_message: None,
        reference: None,
        customer_reference: new.customer_reference,
        method_reference: None,
        client_secret: None,
        action_url: None,
        card_fingerprint: None,
        request_id: None,
        portal_token_hash: None,
        confirmation: Json(serde_json::Value::Null),
        network_key: None,
    }
}

/// The processor's names for an attempt that was announced to it.
#[derive(Debug, Clone, Copy)]
pub struct References<'a> {
    /// The attempt.
    pub attempt: &'a str,
    /// The customer who pays.
    pub customer: &'a str,
    /// The secret with which the buyer's browser acts on this one attempt. A credential: never logged.
    pub client_secret: &'a str,
}

/// Keeps the processor's references before money moves: `intended` becomes `asked`.
pub fn asked(
    payment: &Payment,
    references: References<'_>,
    ctx: &DecisionContext,
) -> (Payment, Changes) {
    let mut new = payment.clone();
    new.state = PaymentState::Asked;
    new.reference = Some(references.attempt.to_owned());
    new.customer_reference = Some(references.customer.to_owned());
    new.client_secret = Some(references.client_secret.to_owned());
    new.modified_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.update(payment, &new);
    new.version += 1;
    (new, changes)
}

/// Keeps the processor's id of a request that brought no clear answer; what that did is still to be found out.
pub fn unanswered(
    payment: &Payment,
    request_id: Option<&str>,
    ctx: &DecisionContext,
) -> (Payment, Changes) {
    let (mut new, mut changes) = (payment.clone(), Changes::new());
    if let Some(id) = request_id {
        new.request_id = Some(id.to_owned());
        new.modified_at = Some(ctx.now);
        changes.update(payment, &new);
        new.version += 1;
    }
    (new, changes)
}

impl Changes {
    /// Has the processor asked how an attempt stands, after `wait` unless its outcome is known by then.
    pub fn reconcile_after(
        &mut self,
        payment_id: Uuid,
        wait: SignedDuration,
        ctx: &DecisionContext,
    ) -> &mut Self {
        let key = format!("{RECONCILE_JOB}:{payment_id}");
        self.job(ctx, RECONCILE_JOB, &key, ctx.now + wait, &payment_id)
    }

    /// Has the processor asked how an attempt stands until its outcome is known: never again where it is by now.
    pub fn reconcile_until_settled(
        &mut self,
        payment: &Payment,
        ctx: &DecisionContext,
    ) -> &mut Self {
        match payment.state {
            PaymentState::Succeeded | PaymentState::Failed => {
                self.no_job(&format!("{RECONCILE_JOB}:{}", payment.id))
            }
            waiting => self.reconcile_after(payment.id, first_pause(waiting), ctx),
        }
    }
}
