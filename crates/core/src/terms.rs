//! Terms of a sale: [`Terms`], what is sold and for how much, and [`Buyer`], who buys. A session offers them,
//! an attempt is agreed on them ([`Agreed`]), an order and a subscription are made of them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use till_wire::{
    address::Address, metadata::Metadata, money::Currency, organizations::TaxBehaviorOption,
    tax::TaxLine,
};
use uuid::Uuid;

use crate::{kernel::values::Json, part};

part! {
    /// The terms of a sale: what is sold, and for how much. Amounts are minor units of `currency`.
    pub struct Terms {
        product_id: Uuid,
        /// The selected price.
        price_id: Uuid,
        /// The prices that make up the amount, archived since or not; none: the selected one alone.
        price_ids: Json<Vec<Uuid>>,
        /// Before discount and tax.
        amount: i64,
        currency: Currency,
        #[serde(deserialize_with = "Option::deserialize")]
        seats: Option<i64>,
        #[serde(deserialize_with = "Option::deserialize")]
        discount_id: Option<Uuid>,
        discount_amount: i64,
        /// Null: it cannot be worked out yet.
        #[serde(deserialize_with = "Option::deserialize")]
        tax_amount: Option<i64>,
        #[serde(deserialize_with = "Option::deserialize")]
        tax_behavior: Option<TaxBehaviorOption>,
        #[serde(deserialize_with = "Option::deserialize")]
        tax_breakdown: Option<Json<Vec<TaxLine>>>,
        allow_trial: bool,
        /// Time at which the first payment is due, where a trial comes before it.
        #[serde(deserialize_with = "Option::deserialize")]
        trial_end: Option<Timestamp>,
    }
}

part! {
    /// The buyer, as the buyer says.
    pub struct Buyer {
        is_business_customer: bool,
        #[serde(deserialize_with = "Option::deserialize")]
        customer_name: Option<String>,
        #[serde(deserialize_with = "Option::deserialize")]
        customer_email: Option<String>,
        #[serde(deserialize_with = "Option::deserialize")]
        customer_billing_name: Option<String>,
        #[serde(deserialize_with = "Option::deserialize")]
        customer_billing_address: Option<Json<Address>>,
        #[serde(deserialize_with = "Option::deserialize")]
        customer_tax_id: Option<String>,
        #[serde(deserialize_with = "Option::deserialize")]
        customer_tax_id_format: Option<String>,
        /// The answers to the product's custom fields.
        custom_field_data: Json<Metadata>,
        #[serde(deserialize_with = "Option::deserialize")]
        locale: Option<String>,
        #[serde(deserialize_with = "Option::deserialize")]
        payment_method_type: Option<String>,
    }
}

/// The parts of a sum, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Before discount and tax.
    pub amount: i64,
    /// Taken off.
    pub discount: i64,
    /// After discount, without tax.
    pub net: i64,
    /// Null: not computable yet.
    pub tax: Option<i64>,
    /// To be paid.
    pub total: i64,
}

impl Terms {
    /// The sum: a tax that the price contains is taken out of the net amount.
    pub fn totals(&self) -> Totals {
        let taxable = self.amount - self.discount_amount;
        let tax = self.tax_amount.unwrap_or(0);
        let contained = self.tax_behavior == Some(TaxBehaviorOption::Inclusive);
        let net = if contained { taxable - tax } else { taxable };
        Totals {
            amount: self.amount,
            discount: self.discount_amount,
            net,
            tax: self.tax_amount,
            total: net + tax,
        }
    }

    /// The prices that make up the amount.
    pub fn prices_sold(&self) -> &[Uuid] {
        match self.price_ids.as_slice() {
            [] => std::slice::from_ref(&self.price_id),
            sold => sold,
        }
    }

    /// The totals while the trial lasts: nothing.
    pub fn of_trial(&self) -> Self {
        Self {
            amount: 0,
            seats: None,
            discount_id: None,
            discount_amount: 0,
            tax_amount: Some(0),
            tax_breakdown: None,
            ..self.clone()
        }
    }
}

/// The agreement of a buyer, kept with the attempt until its outcome is known.
///
/// Nothing is judged again when the money has moved: a product archived, a price added or a default changed
/// in the meantime must neither lose the purchase nor make its sum differ from what was paid.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreed {
    /// The terms of the sale.
    pub terms: Terms,
    /// The buyer.
    pub buyer: Buyer,
}

/// Terms that were kept with an attempt are not what a buyer can have agreed to: a damaged or foreign database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the agreed terms cannot be read: {0}")]
pub struct Unreadable(String);

impl Agreed {
    /// As it is kept: the fields of both parts in one object.
    pub fn to_json(&self) -> Value {
        let parts = [
            serde_json::to_value(&self.terms),
            serde_json::to_value(&self.buyer),
        ];
        let fields = parts.into_iter().flat_map(|part| match part {
            Ok(Value::Object(fields)) => fields,
            other => unreachable!("a part is an object of plain fields: {other:?}"),
        });
        Value::Object(fields.collect())
    }

    /// The agreement, as it was kept. Each field must be there, also where it is null.
    ///
    /// # Errors
    /// A value that is missing or does not read is [`Unreadable`], never other terms.
    pub fn read(kept: &Value) -> Result<Self, Unreadable> {
        let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
        Ok(Self {
            terms: Terms::deserialize(kept).map_err(unreadable)?,
            buyer: Buyer::deserialize(kept).map_err(unreadable)?,
        })
    }
}
