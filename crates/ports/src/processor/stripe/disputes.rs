//! Disputes.

use super::form::Form;
use super::http::StripeError;
use super::outcome::money;
use super::refunds::{charge_of, moment};
use super::types::Dispute as Object;
use super::{Stripe, attempts};
use crate::processor::{Dispute, DisputeStatus, ProcessorError, Result};

impl Stripe {
    pub(super) async fn dispute_named(&self, reference: &str) -> Result<Option<Dispute>> {
        let asked = self
            .client
            .get(&["disputes", reference], &Form::default())
            .await;
        let found: Option<Object> = attempts::found(asked)?;
        found.map(dispute).transpose()
    }

    pub(super) async fn concede(&self, reference: &str) -> Result<Dispute> {
        let closed = self
            .client
            .post(&["disputes", reference, "close"], &Form::default(), None)
            .await;
        match closed {
            Ok(object) => dispute(object),
            // Closing one that is lost already changes nothing.
            Err(StripeError::Invalid(fault)) => match self.dispute_named(reference).await? {
                Some(known) if known.status == DisputeStatus::Lost => Ok(known),
                _ => Err(ProcessorError::Refused(fault.into())),
            },
            Err(error) => Err(error.into()),
        }
    }
}

fn dispute(object: Object) -> Result<Dispute> {
    let charge = charge_of(object.payment_intent.as_ref());
    let due = object.evidence_details.and_then(|details| details.due_by);
    Ok(Dispute {
        charge: charge.ok_or_else(|| {
            let words = format!("the dispute {} is not about a payment intent", object.id);
            ProcessorError::Refused(words.into())
        })?,
        amount: money(object.amount, &object.currency)?,
        reason: object.reason,
        status: status(&object.status),
        opened_at: moment(object.created)?,
        respond_by: due.map(moment).transpose()?,
        reference: object.id,
    })
}

/// A state that is not known changes nothing.
fn status(status: &str) -> DisputeStatus {
    match status {
        "warning_needs_response" | "warning_under_review" => DisputeStatus::EarlyWarning,
        "warning_closed" => DisputeStatus::InquiryClosed,
        "prevented" => DisputeStatus::Prevented,
        "needs_response" => DisputeStatus::NeedsResponse,
        "under_review" => DisputeStatus::UnderReview,
        "won" => DisputeStatus::Won,
        "lost" => DisputeStatus::Lost,
        _ => DisputeStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_is_not_known_changes_nothing() {
        assert_eq!(status("lost"), DisputeStatus::Lost);
        assert_eq!(status("warning_closed"), DisputeStatus::InquiryClosed);
        assert_eq!(status("charge_refunded"), DisputeStatus::Unknown);
        assert_eq!(status(""), DisputeStatus::Unknown);
    }
}
