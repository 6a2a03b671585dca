//! What a buyer agreed to when confirming, kept with the attempt until its outcome is known.
//!
//! Nothing is judged again when the money has moved: a product archived, a price added or a default changed
//! in the meantime must neither lose the purchase nor make its sum differ from what was paid.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use till_wire::{
    address::Address, checkouts::CheckoutStatus, metadata::Metadata, money::Currency,
    organizations::TaxBehaviorOption, tax::TaxLine,
};
use uuid::Uuid;

use crate::kernel::{changes::Json, records::Checkout};

/// Everything of a session that a confirmation may change. Each part must be there, also where it is null: what is
/// missing or does not read is an error ([`Unreadable`]), never other terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Agreed {
    product_id: Uuid,
    price_id: Uuid,
    amount: i64,
    currency: Currency,
    #[serde(deserialize_with = "Option::deserialize")]
    tax_amount: Option<i64>,
    #[serde(deserialize_with = "Option::deserialize")]
    tax_behavior: Option<TaxBehaviorOption>,
    allow_trial: bool,
    price_ids: Vec<Uuid>,
    #[serde(deserialize_with = "Option::deserialize")]
    seats: Option<i64>,
    #[serde(deserialize_with = "Option::deserialize")]
    discount_id: Option<Uuid>,
    discount_amount: i64,
    #[serde(deserialize_with = "Option::deserialize")]
    tax_breakdown: Option<Vec<TaxLine>>,
    #[serde(deserialize_with = "Option::deserialize")]
    trial_end: Option<Timestamp>,
    custom_field_data: Metadata,
    is_business_customer: bool,
    #[serde(deserialize_with = "Option::deserialize")]
    customer_name: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    customer_email: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    customer_billing_name: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    customer_billing_address: Option<Address>,
    #[serde(deserialize_with = "Option::deserialize")]
    customer_tax_id: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    customer_tax_id_format: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    locale: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    payment_method_type: Option<String>,
}

/// What was kept with an attempt is not what a buyer can have agreed to: a damaged or foreign database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what was agreed to cannot be read: {0}")]
pub(super) struct Unreadable(String);

impl Agreed {
    /// What the session says now, as JSON.
    pub fn of(row: &Checkout) -> Value {
        let agreed = Self {
            product_id: row.product_id,
            price_id: row.price_id,
            amount: row.amount,
            currency: row.currency,
            tax_amount: row.tax_amount,
            tax_behavior: row.tax_behavior,
            allow_trial: row.allow_trial,
            price_ids: row.price_ids.0.clone(),
            seats: row.seats,
            discount_id: row.discount_id,
            discount_amount: row.discount_amount,
            tax_breakdown: row.tax_breakdown.as_ref().map(|lines| lines.0.clone()),
            trial_end: row.trial_end,
            custom_field_data: row.custom_field_data.0.clone(),
            is_business_customer: row.is_business_customer,
            customer_name: row.customer_name.clone(),
            customer_email: row.customer_email.clone(),
            customer_billing_name: row.customer_billing_name.clone(),
            customer_billing_address: row.customer_billing_address.as_ref().map(|a| a.0.clone()),
            customer_tax_id: row.customer_tax_id.clone(),
            customer_tax_id_format: row.customer_tax_id_format.clone(),
            locale: row.locale.clone(),
            payment_method_type: row.payment_method_type.clone(),
        };
        serde_json::to_value(agreed).expect("plain fields serialise")
    }

    /// What was agreed to, as it was kept.
    pub fn read(kept: &Value) -> Result<Self, Unreadable> {
        Self::deserialize(kept).map_err(|error| Unreadable(error.to_string()))
    }

    /// The discount that was agreed to.
    pub fn discount_id(&self) -> Option<Uuid> {
        self.discount_id
    }

    /// Brings the session to what was agreed.
    pub fn apply(self, row: &mut Checkout) {
        debug_assert_eq!(row.status, CheckoutStatus::Open, "agreed to once");
        let agreed = self;
        row.product_id = agreed.product_id;
        row.price_id = agreed.price_id;
        row.amount = agreed.amount;
        row.currency = agreed.currency;
        row.tax_amount = agreed.tax_amount;
        row.tax_behavior = agreed.tax_behavior;
        row.allow_trial = agreed.allow_trial;
        row.price_ids = Json(agreed.price_ids);
        row.seats = agreed.seats;
        row.discount_id = agreed.discount_id;
        row.discount_amount = agreed.discount_amount;
        row.tax_breakdown = agreed.tax_breakdown.map(Json);
        row.trial_end = agreed.trial_end;
        row.custom_field_data = Json(agreed.custom_field_data);
        row.is_business_customer = agreed.is_business_customer;
        row.customer_name = agreed.customer_name;
        row.customer_email = agreed.customer_email;
        row.customer_billing_name = agreed.customer_billing_name;
        row.customer_billing_address = agreed.customer_billing_address.map(Json);
        row.customer_tax_id = agreed.customer_tax_id;
        row.customer_tax_id_format = agreed.customer_tax_id_format;
        row.locale = agreed.locale;
        row.payment_method_type = agreed.payment_method_type;
    }
}
