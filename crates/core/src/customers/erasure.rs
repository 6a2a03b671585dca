//! Erasure of a customer's personal data (docs/behaviour: members/erasure): what goes, row by row. What tax law has kept
//! stays: the orders' sums, taxes, numbers, and whom their invoices name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use till_wire::orders::OrderStatus;
use uuid::Uuid;

use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        hex::hex,
        job_request::Queue,
        jobs::JobKind,
        records::{
            Checkout, Customer, Order, Payment, Refund, Subscription, SystemEvent, UsageEvent,
        },
        values::Json,
    },
    terms::{Agreed, Buyer},
};

/// The job that erases what other rows say of a customer.
pub const ERASE_JOB: JobKind<Erasure> = JobKind::new("erase_customer", Queue::Upkeep);

/// The erasure of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The customer, who is deleted.
    pub customer_id: Uuid,
    /// Their e-mail address as it was: sessions that were never paid are known by it alone. Forgotten with the job.
    pub email: String,
}

/// The key of free data that says when a customer was anonymized.
const ANONYMIZED_AT: &str = "__anonymized_at";
/// The key of free data that keeps the external id of a deleted customer.
pub(super) const EXTERNAL_ID: &str = "__external_id";

impl Customer {
    /// True where the customer's personal data was replaced.
    pub fn is_anonymized(&self) -> bool {
        self.metadata.0.contains_key(ANONYMIZED_AT)
    }

    /// The merchant's own id of a deleted customer, as it was before.
    pub fn external_id_before(&self) -> Option<&str> {
        self.metadata.0.get(EXTERNAL_ID)?.as_str()
    }

    /// The customer with hashes in place of who they are. A company stays known by its tax id, with its name.
    pub fn anonymized(&self, ctx: &DecisionContext) -> Self {
        let hashed = |text: &str| hex(&Sha256::digest(text.as_bytes()));
        let mut gone = self.clone();
        gone.email = format!(
            "{}@anonymized.invalid",
            hashed(&format!("{}{}", self.created_at, self.email))
        );
        if self.own_email().is_some() {
            gone.email_key = gone.email.clone();
        }
        gone.email_verified = false;
        if self.tax_id.is_none() {
            gone.name = self.name.as_deref().map(hashed);
        }
        gone.billing_name = self.billing_name.as_deref().map(hashed);
        gone.billing_address = None;
        gone.default_payment_method_id = None;
        gone.metadata.0.retain(|key, _| key == EXTERNAL_ID);
        let at = ctx.now.to_string();
        gone.metadata.0.insert(ANONYMIZED_AT.into(), at.into());
        gone
    }
}

/// Has what other rows say of an anonymized customer erased; `was` is the customer before.
pub(super) fn ask(was: &Customer, changes: &mut Changes, ctx: &DecisionContext) {
    let erasure = Erasure {
        customer_id: was.id,
        email: was.email.clone(),
    };
    let key = format!("{ERASE_JOB}:{}", was.id);
    changes.job(ctx, ERASE_JOB, &key, ctx.now, &erasure);
}

/// Anonymizes a customer who was deleted before. Of one who is anonymized, the rest is erased once more: an older version
/// left it as it was.
pub fn erase_deleted(row: &Customer, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    if !row.is_anonymized() {
        changes.update(row, &row.anonymized(ctx));
    }
    ask(row, &mut changes, ctx);
    changes
}

fn erase_buyer(buyer: &mut Buyer) {
    buyer.customer_name = None;
    buyer.customer_email = None;
    buyer.customer_billing_name = None;
    buyer.customer_billing_address = None;
    buyer.customer_tax_id = None;
    buyer.customer_tax_id_format = None;
    buyer.custom_field_data = Json::default();
}

/// A checkout session that does not say who the buyer was. `None` while an attempt to pay is under way.
pub fn checkout(row: &Checkout) -> Option<Checkout> {
    if row.attempt_id.is_some() {
        return None;
    }
    let mut new = row.clone();
    erase_buyer(&mut new.buyer);
    new.customer_ip_address = None;
    new.distinct_id = None;
    new.customer_metadata = Json::default();
    Some(new)
}

/// A payment without who paid, and with what: the sum and the processor's name for it stay. `None` while it is under way.
pub fn payment(row: &Payment) -> Option<Payment> {
    if !row.state.is_settled() {
        return None;
    }
    let mut new = row.clone();
    new.customer_email = None;
    new.card = None;
    new.card_fingerprint = None;
    new.method_reference = None;
    new.customer_reference = None;
    new.client_secret = None;
    new.action_url = None;
    new.network_key = None;
    // Terms that cannot be read are repaired by a person: they stay until then, as they are.
    if let Ok(mut agreed) = Agreed::read(&row.confirmation.0) {
        erase_buyer(&mut agreed.buyer);
        new.confirmation = Json(agreed.to_json());
    }
    Some(new)
}

/// An order without what its invoice does not need. An order that has no invoice names nobody. Its receipt is not kept as
/// a file.
pub fn order(row: &Order) -> Order {
    let mut new = row.clone();
    new.custom_field_data = Json::default();
    new.receipt_digest = None;
    if matches!(row.status, OrderStatus::Draft | OrderStatus::Void) {
        new.billing_name = None;
        new.billing_address = None;
        new.tax_id = None;
        new.invoice_digest = None;
    }
    new
}

/// A subscription without what the customer answered and said.
pub fn subscription(row: &Subscription) -> Subscription {
    let mut new = row.clone();
    new.custom_field_data = Json::default();
    new.customer_cancellation_comment = None;
    new.payment_method_id = None;
    new
}

/// A refund without the note on it.
pub fn refund(row: &Refund) -> Refund {
    Refund {
        comment: None,
        ..row.clone()
    }
}

/// An event of Till without what it says of a person. What happened, when, and the sums stay.
pub fn system_event(row: &SystemEvent) -> SystemEvent {
    let mut new = row.clone();
    new.external_customer_id = None;
    for (key, value) in &mut new.metadata.0.0 {
        match key.as_str() {
            "customer_email" | "customer_name" | "customer_external_id" => *value = Value::Null,
            "updated_fields" => *value = Value::Object(Map::new()),
            _ => {}
        }
    }
    let comment = "customer_cancellation_comment";
    new.metadata.0.0.remove(comment);
    new
}

/// A usage event without texts, and without the merchant's own names of who caused it. Its name, its time, and the
/// numbers by which it was counted and billed stay.
pub fn usage_event(row: &UsageEvent) -> UsageEvent {
    let mut new = row.clone();
    new.external_customer_id = None;
    new.member_id = None;
    new.external_member_id = None;
    new.metadata.0.0.retain(|_, value| {
        if let Some(inner) = value.as_object_mut() {
            // Under `_cost` and `_llm` a text is a name of what was used, but for what was said.
            inner.retain(|key, _| key != "prompt" && key != "response");
            return true;
        }
        !value.is_string()
    });
    new
}
