//! Disputes: charges of two test cards are contested.

use jiff::{SignedDuration, Timestamp};

use super::Sandbox;
use super::cards::{Behaviour, DisputeReason};
use super::intent::{self, Intent};
use super::records::{attempt_key, refused};
use crate::processor::{Dispute, DisputeStatus, ProcessorError};

/// The time after the charge at which the buyer contests it.
const DISPUTED_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// The time that the merchant has to answer; then the bank decides.
const RESPONSE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Intent {
    /// The dispute about this charge, once there is one.
    pub(super) fn dispute(&self, now: Timestamp) -> Option<Dispute> {
        let (Behaviour::Disputes(reason), Some(confirmed)) =
            (self.card.behaviour, self.confirmed_at)
        else {
            return None;
        };
        let opened_at = confirmed + DISPUTED_AFTER;
        let respond_by = opened_at + RESPONSE_WITHIN;
        let amount = self.amount().filter(|_| now >= opened_at)?;
        Some(Dispute {
            reference: format!("dp_sandbox_{}", self.attempt_id.simple()),
            charge: self.reference(),
            amount,
            reason: reason.code().to_owned(),
            status: match reason {
                _ if self.conceded_at.is_some() => DisputeStatus::Lost,
                _ if now < respond_by => DisputeStatus::NeedsResponse,
                DisputeReason::Fraudulent => DisputeStatus::Lost,
                DisputeReason::ProductNotReceived => DisputeStatus::Won,
            },
            opened_at,
            respond_by: Some(respond_by),
        })
    }
}

impl Sandbox {
    pub(super) async fn dispute_named(
        &self,
        reference: &str,
        now: Timestamp,
    ) -> Result<Option<Dispute>, ProcessorError> {
        let found = self.named_by(reference).await?;
        let dispute = found.and_then(|intent| intent.dispute(now));
        Ok(dispute.filter(|dispute| dispute.reference == reference))
    }

    pub(super) async fn concede(
        &self,
        reference: &str,
        now: Timestamp,
    ) -> Result<Dispute, ProcessorError> {
        let Some(attempt_id) = intent::attempt_of(reference) else {
            return refused("no such dispute");
        };
        self.change(attempt_key(attempt_id), |found: Option<Intent>| {
            let Some(mut intent) = found else {
                return refused("no such dispute");
            };
            let dispute = intent.dispute(now);
            match dispute.filter(|dispute| dispute.reference == reference) {
                None => refused("no such dispute"),
                Some(dispute) if dispute.status == DisputeStatus::NeedsResponse => {
                    intent.conceded_at = Some(now);
                    let lost = Dispute {
                        status: DisputeStatus::Lost,
                        ..dispute
                    };
                    Ok((Some(intent), lost))
                }
                Some(dispute) if dispute.status == DisputeStatus::Lost => Ok((None, dispute)),
                Some(_) => refused("this dispute has already been decided"),
            }
        })
        .await
    }
}
