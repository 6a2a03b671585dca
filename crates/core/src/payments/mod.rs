//! Payments: attempts to take money or to keep a card, saved methods, refunds and disputes, and what the processor tells
//! by itself. What an attempt is made for knows what follows from its outcome.

pub mod accounts;
pub mod attempt;
pub mod declines;
pub mod disputes;
pub mod methods;
pub mod notices;
pub mod outcome;
pub mod refund_outcome;
pub mod refunds;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use till_wire::payments::{Payment as View, PaymentStatus};

use crate::kernel::records::{Payment, PaymentState};

impl Payment {
    /// Outward state of it.
    pub fn status(&self) -> PaymentStatus {
        match self.state {
            PaymentState::Succeeded => PaymentStatus::Succeeded,
            PaymentState::Failed => PaymentStatus::Failed,
            _ => PaymentStatus::Pending,
        }
    }

    fn processor_metadata(&self) -> Map<String, Value> {
        let request = self.request_id.clone();
        let entry = request.map(|id| ("request_id".to_owned(), Value::String(id)));
        entry.into_iter().collect()
    }

    /// The payment as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            processor: "stripe",
            status: self.status(),
            amount: self.amount,
            currency: self.currency,
            method: self.method.clone(),
            method_metadata: self.card.as_ref().map(|c| c.0.clone()),
            trigger: self.trigger_kind,
            decline_reason: self.decline_reason.clone(),
            decline_message: self.decline_message.clone(),
            organization_id: self.organization_id,
            checkout_id: self.checkout_id,
            order_id: self.order_id,
            processor_metadata: self.processor_metadata(),
        }
    }
}
