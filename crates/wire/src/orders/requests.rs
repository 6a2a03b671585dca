//! Requests that create and change orders.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    address::{Address, address},
    input::Patch,
    limits,
    metadata::Metadata,
    money::Currency,
    request::*,
};

/// Characters of a line's description, at most.
const DESCRIPTION: usize = 500;

request! {
    /// New draft: an order that you charge to a saved payment method of its customer.
    pub struct OrderCreate {
        /// ID of the customer who pays.
        pub customer_id: Uuid = required(id()),
        /// ID of the one-time product to charge for, with a fixed price or free.
        pub product_id: Uuid = required(id()),
        /// Currency of the order; if left out, your organization's default.
        pub currency: Option<Currency> = optional(currency()),
        /// Amount to charge before tax, in minor units of the currency, such as cents, in place of the product's price: 0,
        /// or at least what can be charged in the currency.
        pub amount: Option<i64> = optional(int(0, limits::AMOUNT)),
        /// Description of the order's line; if left out, the product's name.
        pub description: Option<String> = optional(blankable(DESCRIPTION)),
        /// Your own key-value data to attach to the order: up to 50 keys of 1 to 40 characters; values are texts of 1 to
        /// 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Answers to the product's custom fields, by their slugs.
        pub custom_field_data: Map<String, Value> = omittable(answers()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Charge of a draft.
    pub struct OrderFinalize: Default {
        /// ID of the saved payment method to charge, which is of the order's customer; if left out, the customer's
        /// default, or else the one saved last.
        pub payment_method_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Change to an order. A field that is left out stays as it is.
    pub struct OrderUpdate: Default {
        /// New name of the person or company on the invoice, kept exactly as sent; null clears it.
        pub billing_name: Patch<String> = patch(line(0)),
        /// New billing address on the invoice; replaces the whole address. Country and state of an address that is there
        /// cannot be changed, because the tax was worked out for them; null clears the address.
        pub billing_address: Patch<Address> = patch(address()),
    }
}
