//! Disputes: charges of two test cards are contested; of a third, the bank warns.

use jiff::{SignedDuration, Timestamp};
use till_wire::money::Money;

use super::Sandbox;
use super::cards::{Behaviour, DisputeReason};
use super::intent::{self, Intent};
use super::records::{attempt_key, refused};
use crate::processor::{Dispute, DisputeStatus, Result};

/// The time after the charge at which the buyer contests it.
const DISPUTED_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// The time that the merchant has to answer; then the bank decides.
const RESPONSE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The time after a warning at which the card network settles it, if the merchant has not given the money back.
const PREVENTED_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Intent {
    /// The dispute about this charge, once there is one.
    pub(super) fn dispute(&self, now: Timestamp) -> Option<Dispute> {
        let opened_at = self.confirmed_at? + DISPUTED_AFTER;
        let amount = self.amount().filter(|_| now >= opened_at)?;
        let reason = match self.card.behaviour {
            Behaviour::Disputes(reason) => reason,
            Behaviour::Warns => return Some(self.warning(amount, opened_at, now)),
            _ => return None,
        };
        let respond_by = opened_at + RESPONSE_WITHIN;
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

    fn warning(&self, amount: Money, opened_at: Timestamp, now: Timestamp) -> Dispute {
        let is_prevented = now >= self.prevented_at(opened_at);
        Dispute {
            reference: format!("dp_sandbox_{}", self.attempt_id.simple()),
            charge: self.reference(),
            amount,
            reason: DisputeReason::Fraudulent.code().to_owned(),
            status: match is_prevented {
                true => DisputeStatus::Prevented,
                false => DisputeStatus::EarlyWarning,
            },
            opened_at,
            respond_by: None,
        }
    }

    /// Time at which a warning comes to nothing: once everything is given back, or when the card network settles it.
    fn prevented_at(&self, opened_at: Timestamp) -> Timestamp {
        let settled = opened_at + PREVENTED_AFTER;
        let refunds = || self.refunds.values();
        let given: i128 = refunds().map(|refund| i128::from(refund.amount)).sum();
        let is_whole = self
            .amount()
            .is_some_and(|amount| given >= i128::from(amount.minor));
        let last = refunds().map(|refund| refund.at.max(opened_at)).max();
        last.filter(|_| is_whole)
            .map_or(settled, |last| last.min(settled))
    }

    /// Time at which its dispute, or the warning of one, comes to its end, as far as it is decided.
    pub(super) fn dispute_ends_at(&self, dispute: &Dispute) -> Option<Timestamp> {
        match self.card.behaviour {
            Behaviour::Warns => Some(self.prevented_at(dispute.opened_at)),
            _ => self.conceded_at.or(dispute.respond_by),
        }
    }
}

impl Sandbox {
    pub(super) async fn dispute_named(
        &self,
        reference: &str,
        now: Timestamp,
    ) -> Result<Option<Dispute>> {
        let found = self.named_by(reference).await?;
        let dispute = found.and_then(|intent| intent.dispute(now));
        Ok(dispute.filter(|dispute| dispute.reference == reference))
    }

    pub(super) async fn concede(&self, reference: &str, now: Timestamp) -> Result<Dispute> {
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
