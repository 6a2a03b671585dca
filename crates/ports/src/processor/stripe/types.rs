//! The parts of Stripe's objects that Till reads. What is not listed here is ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A PaymentIntent or a SetupIntent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) client_secret: Option<String>,
    #[serde(default)]
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) amount_received: Option<i64>,
    #[serde(default)]
    pub(super) customer: Option<Expandable<Id>>,
    #[serde(default)]
    pub(super) payment_method: Option<Expandable<PaymentMethod>>,
    #[serde(default, alias = "last_setup_error")]
    pub(super) last_payment_error: Option<Box<ErrorBody>>,
    #[serde(default)]
    pub(super) next_action: Option<NextAction>,
}

/// A reference to an object, or the object itself where it was asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Reference(String),
    Object(Box<T>),
}

impl<T> Expandable<T> {
    pub(super) fn object(&self) -> Option<&T> {
        match self {
            Expandable::Reference(_) => None,
            Expandable::Object(object) => Some(object),
        }
    }
}

impl Expandable<Id> {
    pub(super) fn id(&self) -> &str {
        match self {
            Expandable::Reference(id) => id,
            Expandable::Object(object) => &object.id,
        }
    }
}

/// An object of which only the name matters.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct PaymentMethod {
    pub(super) id: String,
    /// Its customer, where it is kept.
    #[serde(default)]
    pub(super) customer: Option<Expandable<Id>>,
    #[serde(default)]
    pub(super) card: Option<Card>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Card {
    pub(super) brand: String,
    pub(super) last4: String,
    pub(super) exp_month: u8,
    pub(super) exp_year: u16,
    #[serde(default)]
    pub(super) fingerprint: Option<String>,
    #[serde(default)]
    pub(super) wallet: Option<Kind>,
}

/// An object of which only the kind matters.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Kind {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct NextAction {
    #[serde(default)]
    pub(super) redirect_to_url: Option<Redirect>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Redirect {
    pub(super) url: Option<String>,
}

/// The body of an error, and what an intent remembers of its last one.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) decline_code: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) param: Option<String>,
    #[serde(default)]
    pub(super) payment_method: Option<PaymentMethod>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ErrorAnswer {
    pub(super) error: ErrorBody,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ConfirmationToken {
    pub(super) expires_at: Option<i64>,
    #[serde(default)]
    pub(super) setup_future_usage: Option<String>,
    #[serde(default)]
    pub(super) payment_method_preview: Option<Preview>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Preview {
    #[serde(default)]
    pub(super) card: Option<Card>,
    #[serde(default)]
    pub(super) billing_details: Option<BillingDetails>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct BillingDetails {
    #[serde(default)]
    pub(super) name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) created: i64,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) failure_reason: Option<String>,
    #[serde(default)]
    pub(super) metadata: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) reason: String,
    pub(super) status: String,
    pub(super) created: i64,
    #[serde(default)]
    pub(super) payment_intent: Option<Expandable<Id>>,
    #[serde(default)]
    pub(super) evidence_details: Option<EvidenceDetails>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct EvidenceDetails {
    #[serde(default)]
    pub(super) due_by: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) created: i64,
    pub(super) livemode: bool,
    /// The connected account that it is about: somebody else's.
    #[serde(default)]
    pub(super) account: Option<String>,
    pub(super) data: EventData,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct EventData {
    pub(super) object: Subject,
}

/// The names in whatever object an event is about.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Subject {
    pub(super) id: String,
    #[serde(default)]
    pub(super) metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) payment_intent: Option<Expandable<Id>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Account {
    pub(super) id: String,
    #[serde(default)]
    pub(super) charges_enabled: bool,
    #[serde(default)]
    pub(super) settings: AccountSettings,
    #[serde(default)]
    pub(super) business_profile: Option<BusinessProfile>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct AccountSettings {
    #[serde(default)]
    pub(super) card_payments: CardPayments,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct CardPayments {
    #[serde(default)]
    pub(super) statement_descriptor_prefix: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct BusinessProfile {
    #[serde(default)]
    pub(super) name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct WebhookEndpoint {
    pub(super) url: String,
    pub(super) status: String,
    pub(super) enabled_events: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Domain {
    pub(super) domain_name: String,
    pub(super) enabled: bool,
}
