//! Refunds: what is given back, how it ends, and what of a charge is left.

use jiff::Timestamp;
use till_wire::money::Money;
use uuid::Uuid;

use super::Sandbox;
use super::cards::Behaviour;
use super::intent::{self, Intent, Refund, SETTLES_AFTER};
use super::records::{attempt_key, refused};
use crate::processor::{
    DisputeStatus, Method, ProcessorRefund, RefundOutcome, RefundRequest, Result,
};

impl Intent {
    /// Given back so far, or on its way, in minor units: a refund that came back is not.
    pub(super) fn refunded(&self, now: Timestamp) -> i128 {
        let refunds = self.refunds.iter();
        let given = refunds.filter(|(id, refund)| {
            !matches!(
                self.refund_outcome(**id, refund, now),
                RefundOutcome::Failed { .. }
            )
        });
        given.map(|(_, refund)| i128::from(refund.amount)).sum()
    }

    /// Time at which a refund reaches its final state, where that is later than it was made.
    pub(super) fn refund_ends_at(&self, refund: &Refund) -> Option<Timestamp> {
        let later = matches!(
            self.card.behaviour,
            Behaviour::RefundsLater | Behaviour::RefundFails
        );
        later.then(|| refund.at + SETTLES_AFTER)
    }

    fn refund_outcome(&self, id: Uuid, refund: &Refund, now: Timestamp) -> RefundOutcome {
        let ended = self.refund_ends_at(refund).is_none_or(|end| now >= end);
        match self.card.behaviour {
            Behaviour::RefundsLater if !ended => RefundOutcome::Processing,
            Behaviour::RefundFails if ended => RefundOutcome::Failed {
                reason: "expired_or_canceled_card".to_owned(),
            },
            _ => RefundOutcome::Succeeded {
                reference: refund_reference(id),
            },
        }
    }
}

impl Sandbox {
    pub(super) async fn give_back(
        &self,
        request: &RefundRequest,
        now: Timestamp,
    ) -> Result<RefundOutcome> {
        let Some(attempt_id) = intent::attempt_of(&request.charge) else {
            return refused("no such charge");
        };
        self.change(attempt_key(attempt_id), |found: Option<Intent>| {
            let charge = found.filter(|intent| intent.reference() == request.charge);
            let Some(mut intent) = charge.filter(|intent| intent.has_succeeded(now)) else {
                return refused("nothing was charged");
            };
            if let Some(known) = known(&intent, request, now)? {
                return Ok((None, known));
            }
            let refund = Refund {
                amount: request.amount.minor,
                at: now,
            };
            let outcome = intent.refund_outcome(request.refund_id, &refund, now);
            intent.refunds.insert(request.refund_id, refund);
            Ok((Some(intent), outcome))
        })
        .await
    }

    pub(super) async fn refunds_of_charge(
        &self,
        charge: &str,
        now: Timestamp,
    ) -> Result<Vec<ProcessorRefund>> {
        let found = self.named_by(charge).await?;
        let Some(intent) = found.filter(|intent| intent.reference() == charge) else {
            return Ok(Vec::new());
        };
        let Some(charged) = intent.amount() else {
            return Ok(Vec::new());
        };
        let refunds = intent.refunds.iter().map(|(id, refund)| ProcessorRefund {
            reference: refund_reference(*id),
            refund_id: Some(*id),
            amount: Money::new(refund.amount, charged.currency),
            outcome: intent.refund_outcome(*id, refund, now),
            made_at: refund.at,
        });
        let mut refunds: Vec<_> = refunds.collect();
        refunds.sort_by_key(|refund| refund.made_at);
        Ok(refunds)
    }

    pub(super) async fn kept_method(
        &self,
        reference: &str,
        now: Timestamp,
    ) -> Result<Option<Method>> {
        let found = self.named_by(reference).await?;
        let kept = found.filter(|intent| intent.keeps_for(&intent.customer(), now));
        let method = kept.map(|intent| intent.method());
        Ok(method.filter(|method| method.reference == reference))
    }
}

/// Answer without giving anything back: the outcome of a refund that is known, or why there can be none. `None`:
/// it is new.
fn known(
    charge: &Intent,
    request: &RefundRequest,
    now: Timestamp,
) -> Result<Option<RefundOutcome>> {
    let Some(charged) = charge.amount() else {
        return refused("nothing was charged");
    };
    if request.amount.currency != charged.currency {
        return refused("a refund must be in the currency of its charge");
    }
    if request.amount.minor <= 0 {
        return refused("an amount must be more than zero");
    }
    match charge.refunds.get(&request.refund_id) {
        Some(known) if known.amount == request.amount.minor => {
            return Ok(Some(charge.refund_outcome(request.refund_id, known, now)));
        }
        Some(_) => return refused("this refund was requested with another amount"),
        None => {}
    }
    let disputed = charge.dispute(now).map(|dispute| dispute.status);
    let is_open = |status: DisputeStatus| {
        matches!(
            status,
            DisputeStatus::Won | DisputeStatus::EarlyWarning | DisputeStatus::Prevented
        )
    };
    if disputed.is_some_and(|status| !is_open(status)) {
        return Ok(Some(RefundOutcome::Disputed));
    }
    let left = i128::from(charged.minor) - charge.refunded(now);
    match i128::from(request.amount.minor) {
        _ if left == 0 => Ok(Some(RefundOutcome::AlreadyRefunded)),
        amount if amount > left => refused("the refunds cannot exceed the charge in total"),
        _ => Ok(None),
    }
}

/// The sandbox's name of a refund.
pub(super) fn refund_reference(refund_id: Uuid) -> String {
    format!("re_sandbox_{}", refund_id.simple())
}
