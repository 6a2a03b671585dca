//! Customers, their state and their sessions.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    address::{Address, address},
    input::{Context, Fields, Patch, blank_text, id, kind, text_of, word},
    limits,
    metadata::{Metadata, metadata},
    money::Currency,
    subscriptions::MeterUsage,
    values::{self, Interval},
};

crate::words! {
    /// Who the customer is.
    pub enum CustomerType {
        /// One person.
        Individual = "individual",
        /// Several people.
        Team = "team",
    }
}

/// A customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Customer {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Free data of the merchant.
    pub metadata: Metadata,
    /// The merchant's own id.
    pub external_id: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Whether the customer proved to own the address.
    pub email_verified: bool,
    /// Person or team.
    #[serde(rename = "type")]
    pub kind: CustomerType,
    /// Name.
    pub name: Option<String>,
    /// Name on bills; the name where none is set.
    pub billing_name: Option<String>,
    /// Billing address.
    pub billing_address: Option<Address>,
    /// Tax id: number and format.
    #[schema(value_type = Option<Vec<String>>)]
    pub tax_id: Option<(String, String)>,
    /// Language.
    pub locale: Option<String>,
    /// Its organization.
    pub organization_id: Uuid,
    /// The payment method that renewals use.
    pub default_payment_method_id: Option<Uuid>,
    /// When it was deleted; only in `customer.deleted`.
    pub deleted_at: Option<Timestamp>,
    /// The first usage event.
    pub first_user_event_at: Option<Timestamp>,
    /// Picture.
    pub avatar_url: String,
}

/// A subscription within a customer's state.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct StateSubscription {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub metadata: Metadata,
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    pub status: crate::subscriptions::SubscriptionStatus,
    pub amount: i64,
    pub currency: Currency,
    pub recurring_interval: Interval,
    pub current_period_start: Timestamp,
    pub current_period_end: Timestamp,
    pub trial_start: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    pub cancel_at_period_end: bool,
    pub canceled_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub product_id: Uuid,
    pub discount_id: Option<Uuid>,
    pub price_id: Option<Uuid>,
    pub seats: Option<i64>,
    pub units: Option<i64>,
    pub meters: Vec<MeterUsage>,
}

/// A customer with what it holds now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerState {
    /// The customer.
    #[serde(flatten)]
    pub customer: Customer,
    /// Active and trialing subscriptions.
    pub active_subscriptions: Vec<StateSubscription>,
    /// Granted benefits.
    pub granted_benefits: Vec<Value>,
    /// Meters in use.
    pub active_meters: Vec<Value>,
}

/// A new customer.
#[derive(Debug, Clone)]
pub struct CustomerCreate {
    /// E-mail.
    pub email: String,
    /// The merchant's id.
    pub external_id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub billing_address: Option<Address>,
    /// Tax id as typed.
    pub tax_id: Option<String>,
    /// Language.
    pub locale: Option<String>,
    /// Free data.
    pub metadata: Metadata,
    /// Not for organization tokens.
    pub organization_id: Option<Uuid>,
    /// Whether a team was asked for.
    pub kind: CustomerType,
}

impl CustomerCreate {
    /// Reads the body of a POST; the customer's type is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let kind = match value.get("type") {
            None => CustomerType::Individual,
            Some(_) => kind(value, cx)?,
        };
        cx.at(kind.as_str(), |cx| {
            cx.object(value, |f| {
                let email = f.required("email", values::email);
                let external_id = f.blankable("external_id", blank_text(limits::KEY)).value();
                let name = f.blankable("name", blank_text(limits::PERSON_NAME)).value();
                let billing_address = f.optional("billing_address", address);
                let tax_id = f.blankable("tax_id", blank_text(limits::TAX_ID)).value();
                let locale = f.optional("locale", values::locale);
                let meta = f.omittable("metadata", metadata);
                let organization_id = f.optional("organization_id", id);
                Some(Self {
                    email: email?,
                    external_id,
                    name,
                    billing_address,
                    tax_id,
                    locale,
                    metadata: meta.unwrap_or_default(),
                    organization_id,
                    kind,
                })
            })
        })
    }
}

/// A change to a customer.
#[derive(Debug, Clone, Default)]
pub struct CustomerUpdate {
    /// New e-mail; null is no change.
    pub email: Option<String>,
    /// Name; null clears.
    pub name: Patch<String>,
    /// Address; null is refused.
    pub billing_address: Option<Address>,
    /// Tax id as typed; null clears.
    pub tax_id: Patch<String>,
    /// Language; null clears.
    pub locale: Patch<String>,
    /// Replaces the metadata.
    pub metadata: Option<Metadata>,
    /// Set once.
    pub external_id: Patch<String>,
    /// New type.
    pub kind: Option<CustomerType>,
}

impl CustomerUpdate {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let billing_address = match f.patch("billing_address", address) {
            Patch::Null => {
                let whole = Value::Null;
                f.cx.at("billing_address", |cx| {
                    cx.fail::<()>(
                        "model_attributes_type",
                        "The billing address cannot be cleared",
                        &whole,
                    )
                });
                None
            }
            other => other.value(),
        };
        Some(Self {
            email: f.optional("email", values::email),
            name: f.blankable("name", blank_text(limits::PERSON_NAME)),
            billing_address,
            tax_id: f.blankable("tax_id", blank_text(limits::TAX_ID)),
            locale: f.patch("locale", values::locale),
            metadata: f.omittable("metadata", metadata),
            external_id: f.blankable("external_id", blank_text(limits::KEY)),
            kind: f.optional("type", word),
        })
    }
}

/// A session that opens the customer's portal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSession {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// Null.
    pub modified_at: Option<Timestamp>,
    /// The bearer token; shown once.
    pub token: String,
    /// One hour after creation.
    pub expires_at: Timestamp,
    /// Where the portal's back button leads.
    pub return_url: Option<String>,
    /// The portal's address with the token in it.
    pub customer_portal_url: String,
    /// The customer.
    pub customer_id: Uuid,
    /// The customer.
    pub customer: Customer,
}

/// Whose session is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionFor {
    /// By id.
    Id(Uuid),
    /// By the merchant's id.
    ExternalId(String),
}

/// A new customer session.
#[derive(Debug, Clone)]
pub struct CustomerSessionCreate {
    /// Whose.
    pub customer: SessionFor,
    /// Back button.
    pub return_url: Option<String>,
}

impl CustomerSessionCreate {
    /// Reads the body of a POST. Both shapes' problems are reported when neither fits.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let external = value
            .get("external_customer_id")
            .or(value.get("customer_external_id"));
        if value.get("customer_id").is_none() && external.is_none() && value.is_object() {
            for (shape, key) in [
                ("CustomerSessionCustomerIDCreate", "customer_id"),
                (
                    "CustomerSessionCustomerExternalIDCreate",
                    "external_customer_id",
                ),
            ] {
                cx.at(shape, |cx| {
                    cx.at(key, |cx| cx.fail::<()>("missing", "Field required", value));
                    cx.object(value, |f| f.optional("return_url", values::http_url));
                });
            }
            return None;
        }
        let by_id = value.get("customer_id").is_some_and(|v| !v.is_null()) || external.is_none();
        let shape = if by_id {
            "CustomerSessionCustomerIDCreate"
        } else {
            "CustomerSessionCustomerExternalIDCreate"
        };
        cx.at(shape, |cx| {
            cx.object(value, |f| {
                let return_url = f.optional("return_url", values::http_url);
                let customer = if by_id {
                    SessionFor::Id(f.required("customer_id", id)?)
                } else {
                    let key = if f.raw("external_customer_id").is_some() {
                        "external_customer_id"
                    } else {
                        "customer_external_id"
                    };
                    SessionFor::ExternalId(f.required(key, text_of(0, limits::LINE, false))?)
                };
                Some(Self {
                    customer,
                    return_url,
                })
            })
        })
    }
}
