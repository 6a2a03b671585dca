//! Notices: what happened, and how it is signed.

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Sandbox;
use super::cards::Behaviour;
use super::intent::{CHALLENGE_LASTS, Intent, SETTLES_AFTER};
use super::records::{refused, unsure};
use super::refunds::refund_reference;
use crate::processor::{Notice, NoticeList, NoticeSubject, Result, signature};

/// The header that holds the signature, as [`signature::sign`] makes it.
pub const SIGNATURE_HEADER: &str = "sandbox-signature";

/// A notice as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedNotice {
    /// The value of [`SIGNATURE_HEADER`].
    pub signature: String,
    /// The request's body.
    pub body: String,
}

impl SignedNotice {
    /// The headers that it is sent with.
    pub fn headers(&self) -> HeaderMap {
        let value = HeaderValue::from_str(&self.signature);
        let value = value.map(|value| (http::HeaderName::from_static(SIGNATURE_HEADER), value));
        value.into_iter().collect()
    }
}

impl Intent {
    /// Whatever happens to this attempt, as far as it is decided; some of it ahead of now.
    pub(super) fn moments(&self) -> Vec<Notice> {
        let Some(confirmed) = self.confirmed_at else {
            return Vec::new();
        };
        let (attempt_id, charge) = (self.attempt_id, self.reference());
        let notice = |kind: &str, id: Uuid, at: Timestamp, subject: NoticeSubject| Notice {
            id: format!("evt_sandbox_{kind}_{}", id.simple()),
            at,
            subject,
        };
        let of_attempt = || NoticeSubject::Attempt {
            attempt_id,
            reference: charge.clone(),
        };
        let mut all = vec![notice("confirmed", attempt_id, confirmed, of_attempt())];
        let ended = match self.card.behaviour {
            Behaviour::SettlesLater | Behaviour::FailsLater => Some(confirmed + SETTLES_AFTER),
            _ if self.asks_buyer() && self.buyer_is_there() => {
                Some(self.decided_at.unwrap_or(confirmed + CHALLENGE_LASTS))
            }
            _ => None,
        };
        all.extend(ended.map(|at| notice("ended", attempt_id, at, of_attempt())));
        for (id, refund) in &self.refunds {
            let subject = || NoticeSubject::Refund {
                refund_id: Some(*id),
                reference: refund_reference(*id),
                charge: charge.clone(),
            };
            all.push(notice("refund", *id, refund.at, subject()));
            let ended = self.refund_ends_at(refund);
            all.extend(ended.map(|at| notice("refund-ended", *id, at, subject())));
        }
        if let Some(dispute) = self.dispute(Timestamp::MAX) {
            let subject = || NoticeSubject::Dispute {
                reference: dispute.reference.clone(),
                charge: charge.clone(),
            };
            let closed = self.dispute_ends_at(&dispute);
            let opened = notice("disputed", attempt_id, dispute.opened_at, subject());
            all.push(opened);
            all.extend(closed.map(|at| notice("decided", attempt_id, at, subject())));
        }
        all
    }
}

impl Sandbox {
    /// A notice as it is sent at that moment.
    pub fn sign(&self, notice: &Notice, now: Timestamp) -> Result<SignedNotice> {
        let body = serde_json::to_string(notice).map_err(unsure)?;
        Ok(SignedNotice {
            signature: signature::sign(&self.key, body.as_bytes(), now),
            body,
        })
    }

    pub(super) fn read_notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<Notice>> {
        let header = headers.get(SIGNATURE_HEADER);
        let header = header.and_then(|value| value.to_str().ok());
        if !header.is_some_and(|header| signature::verify(&[&self.key], header, body, now)) {
            return refused("the notice is not signed by this sandbox, or is too old");
        }
        // What cannot be read is of a kind that this version does not know.
        Ok(serde_json::from_slice(body).ok())
    }

    pub(super) async fn notices_since(
        &self,
        moment: Timestamp,
        now: Timestamp,
    ) -> Result<NoticeList> {
        let documents = self.store.with_events_since(moment).await.map_err(unsure)?;
        let mut all = Vec::new();
        for document in documents {
            let intent: Intent = serde_json::from_str(&document).map_err(unsure)?;
            let moments = intent.moments().into_iter();
            all.extend(moments.filter(|notice| (moment..=now).contains(&notice.at)));
        }
        all.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        Ok(NoticeList {
            notices: all,
            until: now,
        })
    }
}
