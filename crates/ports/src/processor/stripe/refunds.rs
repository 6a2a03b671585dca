//! Refunds. Before one is asked for, the intent's refunds are looked through: a key is forgotten after a day, the
//! refund's id in the metadata is not.

use jiff::Timestamp;
use uuid::Uuid;

use super::form::Form;
use super::http::StripeError;
use super::outcome::money;
use super::types::{Expandable, Intent, List, Refund};
use super::{Stripe, attempts};
use crate::processor::{ProcessorError, ProcessorRefund, RefundOutcome, RefundRequest, Result};

/// The key in a refund's metadata by which it is recognized.
pub(super) const REFUND_ID: &str = "refund_id";

/// The objects on one page of a list.
const PAGE: usize = 100;

/// The idempotency keys of a refund: an error of Stripe's own is repeated under the first for a day.
const KEYS: usize = 10;

/// The pages of a list of refunds that are read at most. Nobody gives one charge back in more parts.
const PAGES: usize = 50;

fn refused<T>(words: &str) -> Result<T> {
    Err(ProcessorError::Refused(words.into()))
}

impl Stripe {
    pub(super) async fn give_back(&self, request: &RefundRequest) -> Result<RefundOutcome> {
        if request.amount.minor <= 0 {
            return refused("an amount must be more than zero");
        }
        let charge = request.charge.as_str();
        if attempts::collection_of(charge) != Some("payment_intents") {
            return refused("nothing was charged");
        }
        let asked = self
            .client
            .get(&["payment_intents", charge], &Form::default())
            .await;
        let Some(intent): Option<Intent> = attempts::found(asked)? else {
            return refused("no such charge");
        };
        if intent.status != "succeeded" {
            return refused("nothing was charged");
        }
        if intent.currency.as_deref() != Some(request.amount.currency.as_str()) {
            return refused("a refund is in the currency of its charge");
        }
        for number in 1..=KEYS {
            match self.give_back_under(request, number).await {
                Err(StripeError::Repeated(fault)) => {
                    tracing::warn!(%fault, refund = %request.refund_id, "Stripe repeats an error: the refund is looked for, and asked for under another key");
                }
                Err(StripeError::Invalid(fault)) if fault.is("charge_disputed") => {
                    return Ok(RefundOutcome::Disputed);
                }
                Err(StripeError::Invalid(fault)) if fault.is("charge_already_refunded") => {
                    return Ok(RefundOutcome::AlreadyRefunded);
                }
                Err(StripeError::Invalid(fault)) => {
                    return Err(ProcessorError::Refused(fault.into()));
                }
                Err(error) => return Err(error.into()),
                Ok(refund) if refund.amount != request.amount.minor => {
                    return refused("this refund was asked for with another amount");
                }
                Ok(refund) => return Ok(outcome(&refund)),
            }
        }
        Err(ProcessorError::Unsure(
            "Stripe repeats an error under every key".into(),
        ))
    }

    /// The refund of that id: the one that is there, or one that is asked for under the key of this number.
    async fn give_back_under(
        &self,
        request: &RefundRequest,
        number: usize,
    ) -> Result<Refund, StripeError> {
        let (charge, id) = (&request.charge, request.refund_id.to_string());
        let known = self.refunds(charge).await?;
        let is_it = |known: &Refund| refund_id(known) == Some(request.refund_id);
        if let Some(known) = known.into_iter().find(is_it) {
            return Ok(known);
        }
        let form = Form::default()
            .with("payment_intent", charge)
            .with("amount", request.amount.minor)
            .with(&format!("metadata[{REFUND_ID}]"), &id);
        let key = match number {
            1 => id,
            _ => format!("{id}:{number}"),
        };
        self.client.post(&["refunds"], &form, Some(&key)).await
    }

    /// Every refund of a charge as it stands, newest first.
    async fn refunds(&self, charge: &str) -> Result<Vec<Refund>, StripeError> {
        let mut all: Vec<Refund> = Vec::new();
        for _ in 0..PAGES {
            let query = Form::default()
                .with("payment_intent", charge)
                .with("limit", PAGE)
                .with_some("starting_after", all.last().map(|refund| &refund.id));
            let asked = self.client.get(&["refunds"], &query).await;
            let page: List<Refund> = match asked {
                Err(StripeError::Invalid(fault)) if fault.is("resource_missing") => return Ok(all),
                asked => asked?,
            };
            all.extend(page.data);
            if !page.has_more {
                return Ok(all);
            }
        }
        let words = format!("the charge {charge} has too many refunds");
        Err(StripeError::Unclear(words.into()))
    }

    /// Every refund of a charge as the port tells it, oldest first.
    pub(super) async fn refunds_of_charge(&self, charge: &str) -> Result<Vec<ProcessorRefund>> {
        if attempts::collection_of(charge) != Some("payment_intents") {
            return Ok(Vec::new());
        }
        let mut all = self.refunds(charge).await?;
        all.reverse();
        all.iter()
            .map(|refund| {
                Ok(ProcessorRefund {
                    reference: refund.id.clone(),
                    refund_id: refund_id(refund),
                    amount: money(refund.amount, &refund.currency)?,
                    outcome: outcome(refund),
                    made_at: moment(refund.created)?,
                })
            })
            .collect()
    }
}

/// A moment in seconds.
///
/// # Errors
/// [`ProcessorError::Unsure`] for one that no calendar has.
pub(super) fn moment(seconds: i64) -> Result<Timestamp> {
    Timestamp::from_second(seconds)
        .map_err(|_| ProcessorError::Unsure(format!("{seconds} is not a moment").into()))
}

/// Our id of a refund; `None` for one that was made at Stripe.
fn refund_id(refund: &Refund) -> Option<Uuid> {
    refund.metadata.as_ref()?.get(REFUND_ID)?.parse().ok()
}

fn outcome(refund: &Refund) -> RefundOutcome {
    let reference = refund.id.clone();
    match refund.status.as_deref() {
        Some("succeeded") => RefundOutcome::Succeeded { reference },
        Some("failed") => RefundOutcome::Failed {
            reason: refund
                .failure_reason
                .clone()
                .unwrap_or_else(|| "unknown".to_owned()),
        },
        Some("canceled") => RefundOutcome::Canceled,
        _ => RefundOutcome::Processing,
    }
}

/// The charge that a refund belongs to.
pub(super) fn charge_of(reference: Option<&Expandable<super::types::Id>>) -> Option<String> {
    reference.map(|intent| intent.id().to_owned())
}
